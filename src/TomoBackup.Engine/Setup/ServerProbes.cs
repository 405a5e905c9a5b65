using System.Globalization;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;

namespace TomoBackup.Setup;

/// <summary>What a server's facts mean for backups and archiving: pure.</summary>
static class ServerProbes
{
    const string RunSetup = "Run 'tomo-backup setup' to see the statements that are missing.";

    /// <summary>The role's rights.</summary>
    public static Probe Role(ArchivingFacts facts)
    {
        var missing = SetupPlanner.RoleSteps(facts).Select(step => step.Statement).ToList();

        return missing.Count == 0
            ? Probe.Good("role", $"'{facts.RoleName}' may back up and archive"
                + (facts.Role is { IsSuperuser: true } ? ", being a superuser" : ""))
            : Probe.Fail(
                "role", ErrorCode.Refused, $"'{facts.RoleName}' lacks: {string.Join("; ", missing)}", RunSetup);
    }

    /// <summary>Whether the server is the one that the repository knows.</summary>
    public static Probe Identity(ServerFacts facts, Lineage lineage)
    {
        var system = facts.SystemIdentifier.ToString(CultureInfo.InvariantCulture);

        return system != lineage.SystemIdentifier
            ? Probe.Fail("identity", ErrorCode.Refused,
                $"the server's system identifier is {system}, the repository's lineage is {lineage.SystemIdentifier}",
                "This is another cluster. Correct the connection, or run 'tomo-backup init' to begin a new lineage.")
            : facts.Major != lineage.MajorVersion
                ? Probe.Fail("identity", ErrorCode.Refused,
                    $"the server is PostgreSQL {facts.Major}, the repository's lineage is {lineage.MajorVersion}",
                    "After pg_upgrade run 'tomo-backup init' to begin a new lineage.")
                : Probe.Good("identity", $"system identifier {system}, as in lineage {lineage.Id}");
    }

    /// <summary>Settings, one line each.</summary>
    /// <param name="timeout">The policy's archive_timeout.</param>
    public static IEnumerable<Probe> Settings(ServerFacts facts, TimeSpan timeout)
    {
        if (facts.InRecovery)
            yield return Probe.Fail("recovery", ErrorCode.Refused, "the server is in recovery",
                "Connect to the primary: this version backs up primaries only.");

        yield return facts.Wal.Level == "minimal"
            ? Probe.Fail("wal_level", ErrorCode.Refused, "'minimal', which allows no backup", RunSetup)
            : Probe.Good("wal_level", $"'{facts.Wal.Level}'");

        yield return facts.Wal.ArchiveMode == "off"
            ? Probe.Fail("archive_mode", ErrorCode.Refused, "'off': no WAL is archived",
                RunSetup + " It needs a restart of the server.")
            : Probe.Good("archive_mode", $"'{facts.Wal.ArchiveMode}'");

        yield return ArchiveLibrary(facts.Wal);
        yield return ArchiveTimeout(facts.Wal.ArchiveTimeout, timeout);
        yield return facts.Fsync
            ? Probe.Good("fsync", "on")
            : Probe.Warn("fsync", "off: a crash of the machine may destroy the cluster", "Switch it on.");
        yield return facts.Wal.FullPageWrites
            ? Probe.Good("full_page_writes", "on")
            : Probe.Warn("full_page_writes", "off: a crash of the machine may tear pages", "Switch it on.");
        yield return facts.DataChecksums
            ? Probe.Good("data_checksums", "on")
            : Probe.Warn("data_checksums", "off: silent corruption of files cannot be seen",
                "Stop the server in a quiet hour and run 'pg_checksums --enable'.");
    }

    static Probe ArchiveLibrary(WalSettings wal)
        => wal switch
        {
            { ArchiveLibrary.Length: > 0, ArchiveCommand.Length: > 0 } => Probe.Fail(
                "archive_library", ErrorCode.Refused,
                $"'{wal.ArchiveLibrary}', together with archive_command: the archiver never runs", RunSetup),
            { ArchiveLibrary.Length: > 0 } => Probe.Fail(
                "archive_library", ErrorCode.Refused, $"'{wal.ArchiveLibrary}' archives, not this program", RunSetup),
            { ArchiveCommand.Length: 0, ArchiveMode: not "off" } => Probe.Fail(
                "archive_library", ErrorCode.Refused, "neither archive_command nor archive_library is set", RunSetup),
            _ => Probe.Good("archive_library", "not set"),
        };

    static Probe ArchiveTimeout(TimeSpan timeout, TimeSpan wanted)
        => timeout == TimeSpan.Zero
            ? Probe.Warn("archive_timeout", "0: the last commits of a quiet hour stay on this host only", RunSetup)
            : timeout > wanted
                ? Probe.Warn(
                    "archive_timeout",
                    $"{timeout.TotalSeconds:0} s of commits may be lost, the policy says {wanted.TotalSeconds:0} s",
                    RunSetup)
                : Probe.Good("archive_timeout", $"{timeout.TotalSeconds:0} s");
}
