namespace TomoBackup.Setup;

/// <summary>How a probe ended.</summary>
public enum ProbeOutcome
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, and a person should look at it.</summary>
    Warning,

    /// <summary>Backups, archiving or recovery do not work.</summary>
    Failed,

    /// <summary>Nothing is known, because something before it failed.</summary>
    NotTried,
}

/// <summary>One line of <c>check</c>.</summary>
/// <param name="Name">What was looked at: "archive_command".</param>
/// <param name="Outcome">How it is.</param>
/// <param name="Detail">What was seen; lower case, no full stop.</param>
/// <param name="Remedy">What to do, a sentence; null where there is nothing to do.</param>
/// <param name="Code">What a failure means for the exit code.</param>
public sealed record Probe(
    string Name, ProbeOutcome Outcome, string Detail, string? Remedy = null, ErrorCode Code = ErrorCode.Ok)
{
    /// <summary>As it should be.</summary>
    public static Probe Good(string name, string detail) => new(name, ProbeOutcome.Ok, detail);

    /// <summary>Works, with something to look at.</summary>
    public static Probe Warn(string name, string detail, string remedy)
        => new(name, ProbeOutcome.Warning, detail, remedy, ErrorCode.Warnings);

    /// <summary>Does not work.</summary>
    public static Probe Fail(string name, ErrorCode code, string detail, string? remedy)
        => new(name, ProbeOutcome.Failed, detail, remedy, code);

    /// <summary>Fails as an operation does.</summary>
    public static Probe Fail(string name, TomoBackupException failure)
        => Fail(name, failure.Code, failure.Message, failure.Hint);

    /// <summary>Not known.</summary>
    public static Probe Skip(string name, string because) => new(name, ProbeOutcome.NotTried, $"not tried: {because}");
}

/// <summary>What <c>check</c> found.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Probes">In the order in which they were tried.</param>
/// <param name="ArchiveSeconds">How long a segment took into every repository; null where none arrived.</param>
public sealed record CheckReport(string Cluster, IReadOnlyList<Probe> Probes, double? ArchiveSeconds)
{
    // What endangers data that is thought safe comes first, what may pass comes last.
    static readonly ErrorCode[] WorstFirst =
    [
        ErrorCode.Defect, ErrorCode.WalConflict, ErrorCode.RepositoryDamaged, ErrorCode.RepositoryMissing,
        ErrorCode.KeyMissingOrWrong, ErrorCode.Refused, ErrorCode.NotFound, ErrorCode.CannotWrite,
        ErrorCode.Unavailable, ErrorCode.TryAgain,
    ];

    /// <summary>0, 2 for warnings, or the code of the worst failure.</summary>
    public ErrorCode Result
        => Probes.Where(p => p.Outcome == ProbeOutcome.Failed).Select(p => p.Code).ToHashSet() is { Count: > 0 } codes
            ? WorstFirst.Where(codes.Contains).DefaultIfEmpty(codes.Min()).First()
            : Probes.Any(p => p.Outcome == ProbeOutcome.Warning) ? ErrorCode.Warnings : ErrorCode.Ok;
}
