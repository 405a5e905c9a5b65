using TomoBackup.Postgres.Server;

namespace TomoBackup.Setup;

/// <summary>What was seen of the archiver while a segment did not arrive.</summary>
sealed record ArchiverSighting
{
    /// <summary>PostgreSQL's name of the segment.</summary>
    public required string Segment { get; init; }

    /// <summary>archive_command as it is set.</summary>
    public required string Command { get; init; }

    public required ArchiverStatus Before { get; init; }

    public required ArchiverStatus After { get; init; }

    /// <summary>Whether what was archived last is in the repository; null where nothing was archived.</summary>
    public required bool? LastIsHere { get; init; }

    /// <summary>Names of the repositories where the segment is missing.</summary>
    public required IReadOnlyList<string> MissingIn { get; init; }

    /// <summary>Whether the program that the command begins with exists; null where that cannot be told.</summary>
    public required bool? ProgramExists { get; init; }

    public required TimeSpan Waited { get; init; }
}

/// <summary>
/// Why a segment did not arrive: pure. PostgreSQL counts exit codes 1 to 125 as failures; above that it takes the
/// command for crashed, restarts its archiver and counts nothing.
/// </summary>
static class ArchiverVerdict
{
    const string Name = "archive_command";
    const int FirstUncounted = 126;

    /// <summary>Tries before the archiver pauses for up to a minute: NUM_ARCHIVE_RETRIES in pgarch.c.</summary>
    const long TriesInARow = 3;

    /// <summary>True where waiting longer makes no sense.</summary>
    public static bool IsFinal(ArchiverSighting seen)
        => Failures(seen) >= TriesInARow || HasSucceeded(seen);

    /// <summary>Why.</summary>
    public static Probe Of(ArchiverSighting seen)
    {
        if (HasSucceeded(seen) || (Worked(seen) && seen.LastIsHere == false))
            return Probe.Fail(Name, ErrorCode.RepositoryMissing,
                $"it reported success for '{seen.After.LastArchivedFile}', but the segment is not in "
                    + $"{Names(seen)}: '{seen.Command}' leads elsewhere, and WAL is being lost to this policy",
                "Run 'tomo-backup setup' to correct archive_command, then take a full backup at once: the archive has "
                    + "a hole.");

        if (Failures(seen) > 0 || (seen.After.IsFailing && !Worked(seen)))
            return Probe.Fail(Name, ErrorCode.TryAgain,
                $"it fails: '{seen.Command}' failed {Failures(seen)} times meanwhile, last for "
                    + $"'{seen.After.LastFailedFile}'",
                "The server's log says why: the command's own words are there.");

        if (Worked(seen))
            return Probe.Fail(Name, ErrorCode.TryAgain,
                $"the archiver is behind: after {seen.Waited.TotalSeconds:0} s it has come to "
                    + $"'{seen.After.LastArchivedFile}', not to '{seen.Segment}'",
                "Wait until it has caught up, or give more time with '--timeout'.");

        return Probe.Fail(Name, ErrorCode.TryAgain,
            $"nothing was archived within {seen.Waited.TotalSeconds:0} s, and no failure was counted: '{seen.Command}' "
                + Uncounted(seen.ProgramExists),
            $"Codes from {FirstUncounted} on restart the archiver and are counted nowhere; 127 is a missing program. "
                + "Look at the server's log; 'tomo-backup setup' shows the right command.");
    }

    static string Uncounted(bool? programExists)
        => programExists == false
            ? "names a program that does not exist"
            : "was not run, still runs, or ends with a code above 125";

    static long Failures(ArchiverSighting seen) => seen.After.FailedCount - seen.Before.FailedCount;

    static bool Worked(ArchiverSighting seen) => seen.After.ArchivedCount > seen.Before.ArchivedCount;

    // Names order as positions do on one timeline; a newer timeline's are greater.
    static bool HasSucceeded(ArchiverSighting seen)
        => Worked(seen) && seen.After.LastArchivedFile is { Length: >= 24 } last
            && string.CompareOrdinal(last[..24], seen.Segment) >= 0;

    static string Names(ArchiverSighting seen)
        => string.Join(", ", seen.MissingIn.Select(name => $"repository '{name}'"));
}
