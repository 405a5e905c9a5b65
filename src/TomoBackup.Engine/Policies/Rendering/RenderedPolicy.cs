namespace TomoBackup.Policies.Rendering;

/// <summary>The forms of a rendered policy.</summary>
public enum RenderingFormat
{
    /// <summary>For a repository of texts.</summary>
    Markdown,

    /// <summary>One page, to read and to print.</summary>
    Html,
}

/// <summary>A part of a rendered policy.</summary>
/// <param name="Title">The title of its section.</param>
/// <param name="Text">What it adds to the document.</param>
public sealed record RenderedPart(string Title, string Text);

/// <summary>
/// The policy as a document for people: what is promised, how it is kept, what to type in the bad night. It depends on
/// nothing but the policy, so that a kept copy can be compared with it.
/// </summary>
/// <param name="Parts">In their order.</param>
public sealed record RenderedPolicy(IReadOnlyList<RenderedPart> Parts)
{
    /// <summary>The whole document.</summary>
    public string Text => string.Concat(Parts.Select(part => part.Text));

    /// <summary>Renders a policy.</summary>
    public static RenderedPolicy Of(BackupPolicy policy, RenderingFormat format)
    {
        var document = DocumentWriter.Write(policy);

        return new RenderedPolicy(
        [
            .. format is RenderingFormat.Html ? HtmlWriter.Write(document) : MarkdownWriter.Write(document),
        ]);
    }

    /// <summary>Title of the first part that a kept copy has otherwise; null where it is the same. Line ends may be
    /// those of Windows, as version control likes to make them.</summary>
    public string? FirstDifference(string kept)
    {
        var rest = kept.Replace("\r\n", "\n", StringComparison.Ordinal);

        foreach (var part in Parts)
        {
            if (!rest.StartsWith(part.Text, StringComparison.Ordinal))
                return part.Title;

            rest = rest[part.Text.Length..];
        }

        return rest.Length is 0 ? null : Parts[^1].Title;
    }
}
