namespace TomoBackup.Policies.Rendering;

/// <summary>The policy as people read it, before it becomes Markdown or HTML.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Facts">Who stands for it and when, beside the title.</param>
/// <param name="Sections">In the order of reading.</param>
sealed record PolicyDocument(
    string Title, IReadOnlyList<(string Name, string Value)> Facts, IReadOnlyList<DocumentSection> Sections);

/// <summary>One numbered section.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">What stands in it.</param>
sealed record DocumentSection(string Id, string Title, IReadOnlyList<DocumentBlock> Blocks);

/// <summary>One block of a section; the family is closed.</summary>
abstract record DocumentBlock
{
    DocumentBlock()
    {
    }

    /// <summary>A heading within the section.</summary>
    public sealed record Heading(string Text) : DocumentBlock;

    /// <summary>A paragraph.</summary>
    public sealed record Paragraph(Prose Text) : DocumentBlock;

    /// <summary>Items without an order.</summary>
    public sealed record Bullets(IReadOnlyList<Prose> Items) : DocumentBlock;

    /// <summary>What is done one after the other.</summary>
    public sealed record Steps(IReadOnlyList<DocumentStep> Items) : DocumentBlock;

    /// <summary>A table; its first column names the row.</summary>
    public sealed record Grid(IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<Prose>> Rows) : DocumentBlock;

    /// <summary>What this version does not do about what stands above.</summary>
    public sealed record NotYet(Prose Text) : DocumentBlock;
}

/// <summary>One step of a procedure.</summary>
/// <param name="Text">What is done, and why.</param>
/// <param name="Commands">Command lines to type, each on its line; empty for none.</param>
sealed record DocumentStep(Prose Text, params IReadOnlyList<string> Commands);
