namespace TomoBackup.Verification;

/// <summary>How much a finding matters.</summary>
public enum VerifySeverity
{
    /// <summary>As it may be: nothing to do.</summary>
    Information,

    /// <summary>Nothing is lost, but a person should look.</summary>
    Warning,

    /// <summary>Something that the repository should hold is missing, altered or unreadable.</summary>
    Damage,
}

/// <summary>One thing that a verification saw.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Subject">Key of the object; where an object is missing whose whole key cannot be known, what its key
/// begins with.</param>
/// <param name="Sentence">Lower case, no full stop, names object and cause.</param>
public sealed record VerifyFinding(VerifySeverity Severity, string Subject, string Sentence)
{
    /// <summary>Ids of the backups that it costs, in whole or in part.</summary>
    public IReadOnlyList<string> Backups { get; init; } = [];

    /// <summary>The WAL that it costs; null for none.</summary>
    public WalRange? Wal { get; init; }
}

/// <summary>Consecutive segments of one timeline, both ends included, by PostgreSQL's names.</summary>
public sealed record WalRange(uint Timeline, string First, string Last)
{
    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"'{First}'" : $"'{First}' to '{Last}'";
}
