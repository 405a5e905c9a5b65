using System.Text;

namespace TomoBackup.Policies.Rendering;

/// <summary>Writes the document as one page of HTML that can be printed: no script, nothing from outside. What comes
/// from a policy never becomes markup.</summary>
static class HtmlWriter
{
    /// <summary>The parts in their order; together they are the page.</summary>
    public static IEnumerable<RenderedPart> Write(PolicyDocument document)
    {
        yield return new RenderedPart("the head", Head(document));

        foreach (var (at, section) in document.Sections.Index())
        {
            var text = new StringBuilder(
                $"<section id=\"{section.Id}\">\n<h2><span>{at + 1}</span>{Escaped(section.Title)}</h2>\n");

            foreach (var block in section.Blocks)
                Write(text, block);

            text.Append("</section>\n");
            yield return new RenderedPart(section.Title, text.ToString());
        }

        yield return new RenderedPart("the end", "</main>\n</body>\n</html>\n");
    }

    static string Head(PolicyDocument document)
    {
        var title = Escaped(document.Title);
        var text = new StringBuilder(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>{title}</title>
            <style>
            {HtmlStyle.Text}
            </style>
            </head>
            <body>
            <header>
            <h1>{title}</h1>
            <dl>

            """);

        foreach (var (name, value) in document.Facts)
            text.Append($"<div><dt>{name}</dt><dd>{Escaped(value)}</dd></div>\n");

        text.Append("</dl>\n<nav aria-label=\"Contents\">\n<ol>\n");

        foreach (var section in document.Sections)
            text.Append($"<li><a href=\"#{section.Id}\">{Escaped(section.Title)}</a></li>\n");

        return text.Append("</ol>\n</nav>\n</header>\n<main>\n").ToString();
    }

    static void Write(StringBuilder text, DocumentBlock block)
    {
        switch (block)
        {
            case DocumentBlock.Heading heading:
                text.Append($"<h3>{Escaped(heading.Text)}</h3>\n");
                break;

            case DocumentBlock.Paragraph paragraph:
                text.Append($"<p>{Text(paragraph.Text)}</p>\n");
                break;

            case DocumentBlock.NotYet note:
                text.Append($"<p class=\"not-yet\"><strong>Not yet</strong> {Text(note.Text)}</p>\n");
                break;

            case DocumentBlock.Bullets bullets:
                text.Append($"<ul>\n{Lines(bullets.Items.Select(item => $"<li>{Text(item)}</li>"))}</ul>\n");
                break;

            case DocumentBlock.Steps steps:
                text.Append($"<ol class=\"steps\">\n{Lines(steps.Items.Select(Step))}</ol>\n");
                break;

            case DocumentBlock.Grid grid:
                Write(text, grid);
                break;

            default:
                throw new InvalidOperationException($"block {block} is unknown");
        }
    }

    static void Write(StringBuilder text, DocumentBlock.Grid grid)
    {
        text.Append("<table>\n<thead><tr>")
            .AppendJoin("", grid.Titles.Select(title => $"<th scope=\"col\">{Escaped(title)}</th>"))
            .Append("</tr></thead>\n<tbody>\n");

        foreach (var row in grid.Rows)
            text.Append($"<tr><th scope=\"row\">{Text(row[0])}</th>")
                .AppendJoin("", row.Skip(1).Select(cell => $"<td>{Text(cell)}</td>"))
                .Append("</tr>\n");

        text.Append("</tbody>\n</table>\n");
    }

    // The commands of a step are one block, so that they can be copied at once; each hangs, so that a long one that
    // wraps is not taken for two.
    static string Step(DocumentStep step)
        => step.Commands.Count is 0
            ? $"<li><p>{Text(step.Text)}</p></li>"
            : $"<li><p>{Text(step.Text)}</p>\n<pre>"
                + string.Concat(step.Commands.Select(command => $"<code>{Words(command)}</code>")) + "</pre></li>";

    // A browser would break a line after a hyphen; who types '-- start' from paper would not start anything.
    static string Words(string command)
        => string.Join(' ', Escaped(command).Split(' ').Select(word => $"<span>{word}</span>"));

    static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{line}\n"));

    static string Text(Prose prose)
        => string.Concat(prose.Spans.Select(span => span.Kind switch
        {
            SpanKind.Code => $"<code>{Escaped(span.Text)}</code>",
            SpanKind.Strong => $"<strong>{Escaped(span.Text)}</strong>",
            _ => Escaped(span.Text),
        }));

    static string Escaped(string text)
        => OneLine.Of(text)
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal);
}
