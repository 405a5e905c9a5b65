namespace TomoBackup.Policies.Rendering;

/// <summary>Writes the document of a policy: what is promised, how it is kept, what is done in the bad night, and what
/// this version does not do, where it stands.</summary>
static class DocumentWriter
{
    /// <summary>The whole document. It depends on nothing but the policy, so that it can be compared.</summary>
    public static PolicyDocument Write(BackupPolicy policy)
    {
        var notes = new UnexecutedNotes(policy);

        return new PolicyDocument(
            policy.Header.Title,
            FactsOf(policy.Header),
            [
                PromiseSections.Purpose(policy),
                PromiseSections.Scope(policy, notes),
                PromiseSections.Objectives(policy),
                PlaceSections.Architecture(policy, notes),
                PlaceSections.Encryption(policy),
                .. RecoverySections.Of(policy),
                WatchSections.Testing(policy, notes),
                WatchSections.Monitoring(policy, notes),
                WatchSections.Retention(policy, notes),
                ControlSections.Controls(policy, notes),
                ControlSections.Review(policy),
            ]);
    }

    static IReadOnlyList<(string, string)> FactsOf(PolicyHeader header) =>
    [
        ("Owner", header.Owner ?? "nobody is named"),
        ("Effective", PolicyWords.Of(header.Effective)),
        ("Last review", PolicyWords.Of(header.LastReview)),
        ("Next review", PolicyWords.Of(header.NextReview)),
    ];
}

/// <summary>The notes on what this version does not do.</summary>
sealed class UnexecutedNotes(BackupPolicy policy)
{
    readonly IReadOnlyList<UnexecutedPart> _parts = UnexecutedParts.Of(policy);

    /// <summary>Whether something below a place of the policy is not executed.</summary>
    public bool Any(string place) => Below(place).Any();

    /// <summary>A note for each thing below some places that is not executed; none where all is.</summary>
    public IEnumerable<DocumentBlock> At(params IEnumerable<string> places)
        => places.SelectMany(Below).Distinct()
            .GroupBy(part => part.Reason, (reason, parts) => Note(reason, [.. parts]));

    static DocumentBlock.NotYet Note(string reason, IReadOnlyList<UnexecutedPart> parts)
    {
        Prose text = $"{parts[0].Path:code}";

        foreach (var part in parts.Skip(1))
        {
            text.AppendLiteral(", ");
            text.AppendFormatted(part.Path, "code");
        }

        text.AppendLiteral(": ");
        text.AppendFormatted(reason);
        text.AppendLiteral(".");
        return new DocumentBlock.NotYet(text);
    }

    IEnumerable<UnexecutedPart> Below(string place)
        => _parts.Where(part => part.Path == place
            || (part.Path.StartsWith(place, StringComparison.Ordinal) && part.Path[place.Length] is '.'));
}
