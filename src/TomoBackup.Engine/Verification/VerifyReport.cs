namespace TomoBackup.Verification;

/// <summary>What a verification looked at and saw.</summary>
public sealed record VerifyReport
{
    /// <summary>True where every byte was read.</summary>
    public required bool Deep { get; init; }

    /// <summary>When the listing was taken that it speaks of.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Ids of the backups that were looked at, oldest first.</summary>
    public required IReadOnlyList<string> Backups { get; init; }

    /// <summary>Objects that were looked at.</summary>
    public required long Objects { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes of packs that were read and opened; 0 where only listings were compared.</summary>
    public required long BytesRead { get; init; }

    /// <summary>What was seen, worst first.</summary>
    public required IReadOnlyList<VerifyFinding> Findings { get; init; }

    /// <summary>The spans of WAL without a hole, by timeline and position.</summary>
    public required IReadOnlyList<RecoveryWindow> Windows { get; init; }

    /// <summary>True where nothing that the repository should hold is missing, altered or unreadable.</summary>
    public bool IsSound => !Findings.Any(f => f.Severity == VerifySeverity.Damage);
}
