namespace TomoBackup.Policies.Review;

/// <summary>What servers have in effect, against the policy.</summary>
static class ServerRules
{
    const string RunSetup = "Run 'tomo-backup setup' to see the statements that are missing.";

    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => scope.Policy.Clusters.SelectMany(cluster =>
            scope.Observed?.Clusters.GetValueOrDefault(cluster.Name)?.Server is { } server ? Of(cluster, server) : []);

    static IEnumerable<ReviewFinding> Of(ClusterPolicy cluster, ObservedServer server)
    {
        var place = $"clusters.{cluster.Name}";

        var archives = server.WalLevel is not "minimal" && server.ArchiveMode is not "off";

        if (!archives)
            yield return FindingKinds.ArchivingOff.At(
                place,
                $"the server of '{cluster.Name}' archives no WAL: wal_level is '{server.WalLevel}', archive_mode is "
                    + $"'{server.ArchiveMode}'",
                RunSetup + " They need a restart of the server.");

        if (server.ArchiveTimeout != cluster.Wal.ArchiveTimeout.Longest)
            yield return FindingKinds.ServerSettingDiffers.At(
                $"{place}.wal.archive_timeout",
                $"archive_timeout of '{cluster.Name}' is {Words(server.ArchiveTimeout)} on the server and "
                    + $"{cluster.Wal.ArchiveTimeout} in the policy: every figure that follows from it is wrong",
                "Make one like the other; 'tomo-backup setup' shows the statement.");

        // The command itself is not told: people write keys of stores into it.
        if (archives && server.WantedCommand is { } wanted && server.ArchiveCommand != wanted)
            yield return FindingKinds.ArchiveCommandDiffers.At(
                place,
                $"archive_command of '{cluster.Name}' is not the one that 'setup' sets: WAL goes elsewhere, or "
                    + "nowhere, and what a command such as 'test ! -f … && cp' reports as archived may be torn or lost",
                RunSetup);

        if (cluster.Incremental is not null && server.Summarize is false)
            yield return FindingKinds.SummariesOff.At(
                $"{place}.incremental",
                $"summarize_wal of '{cluster.Name}' is off, though PostgreSQL {server.Major} could tell which blocks "
                    + "changed: an incremental backup reads every page instead, with the same result",
                "Set summarize_wal = on; it needs no restart.");
    }

    static string Words(TimeSpan timeout)
        => timeout > TimeSpan.Zero ? timeout.InPolicyWords : "0 (a segment leaves only when it is full)";
}
