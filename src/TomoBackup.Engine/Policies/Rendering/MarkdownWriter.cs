using System.Text;

namespace TomoBackup.Policies.Rendering;

/// <summary>Writes the document as Markdown with tables (GitHub's and Forgejo's kind). What comes from a policy never
/// becomes markup.</summary>
static class MarkdownWriter
{
    const string Marks = "\\`*_[]<>|#~&!";

    /// <summary>The parts in their order; together they are the document.</summary>
    public static IEnumerable<RenderedPart> Write(PolicyDocument document)
    {
        yield return new RenderedPart("the head", Head(document));

        foreach (var (at, section) in document.Sections.Index())
        {
            var text = new StringBuilder($"\n## {at + 1}. {Escaped(section.Title)}\n");

            foreach (var block in section.Blocks)
                Write(text, block);

            yield return new RenderedPart(section.Title, text.ToString());
        }
    }

    static string Head(PolicyDocument document)
    {
        var text = new StringBuilder($"# {Escaped(document.Title)}\n\n| | |\n| --- | --- |\n");

        foreach (var (name, value) in document.Facts)
            text.Append($"| {name} | {Escaped(value)} |\n");

        return text.ToString();
    }

    static void Write(StringBuilder text, DocumentBlock block)
    {
        text.Append('\n');

        switch (block)
        {
            case DocumentBlock.Heading heading:
                text.Append($"### {Escaped(heading.Text)}\n");
                break;

            case DocumentBlock.Paragraph paragraph:
                text.Append($"{Line(paragraph.Text)}\n");
                break;

            case DocumentBlock.NotYet note:
                text.Append($"> **Not yet.** {Line(note.Text)}\n");
                break;

            case DocumentBlock.Bullets bullets:
                foreach (var item in bullets.Items)
                    text.Append($"- {Line(item)}\n");

                break;

            case DocumentBlock.Steps steps:
                foreach (var (at, step) in steps.Items.Index())
                    Write(text, at + 1, step, isLast: at + 1 == steps.Items.Count);

                break;

            case DocumentBlock.Grid grid:
                text.Append($"| {string.Join(" | ", grid.Titles.Select(Escaped))} |\n");
                text.Append($"| {string.Join(" | ", grid.Titles.Select(_ => "---"))} |\n");

                foreach (var row in grid.Rows)
                    text.Append($"| {string.Join(" | ", row.Select(Cell))} |\n");

                break;

            default:
                throw new InvalidOperationException($"block {block} is unknown");
        }
    }

    static void Write(StringBuilder text, int number, DocumentStep step, bool isLast)
    {
        text.Append($"{number}. {Line(step.Text)}\n");

        if (step.Commands.Count is 0)
            return;

        var indent = new string(' ', $"{number}. ".Length);
        text.Append($"\n{indent}```sh\n");

        foreach (var command in step.Commands)
            text.Append($"{indent}{OneLine.Of(command)}\n");

        text.Append($"{indent}```\n{(isLast ? "" : "\n")}");
    }

    static string Cell(Prose prose) => Text(prose, isCell: true);

    static string Line(Prose prose) => Text(prose, isCell: false);

    static string Text(Prose prose, bool isCell)
        => string.Concat(prose.Spans.Select(span => span.Kind switch
        {
            SpanKind.Code => Code(OneLine.Of(span.Text), isCell),
            SpanKind.Strong => $"**{Escaped(span.Text)}**",
            _ => Escaped(span.Text),
        }));

    // A bar ends a cell even within code, but for a backslash before it.
    static string Code(string text, bool isCell)
    {
        var fence = text.Contains('`', StringComparison.Ordinal) ? "``" : "`";

        while (fence.Length > 1 && text.Contains(fence, StringComparison.Ordinal))
            fence += "`";

        var pad = fence.Length > 1 ? " " : "";
        var shown = isCell ? text.Replace("|", "\\|", StringComparison.Ordinal) : text;
        return $"{fence}{pad}{shown}{pad}{fence}";
    }

    static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);

        foreach (var letter in OneLine.Of(text))
            escaped.Append(Marks.Contains(letter, StringComparison.Ordinal) ? $"\\{letter}" : $"{letter}");

        return escaped.ToString();
    }
}
