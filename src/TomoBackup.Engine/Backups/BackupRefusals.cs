using System.Globalization;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;

namespace TomoBackup.Backups;

/// <summary>Reasons not to begin a backup, and reasons to warn about one: pure.</summary>
static class BackupRefusals
{
    /// <summary>Throws where a backup would be of another cluster, or could never be restored.</summary>
    public static void Check(ServerFacts facts, Lineage lineage)
    {
        if (facts.SystemIdentifier.ToString(CultureInfo.InvariantCulture) != lineage.SystemIdentifier)
            throw Refused(
                $"the server's system identifier is {facts.SystemIdentifier}, but cluster '{lineage.Cluster}' in the "
                    + $"repository is {lineage.SystemIdentifier}",
                "This is another cluster. Correct the connection, or run 'tomo-backup init' to begin a new lineage "
                    + "for it.");

        if (facts.Major != lineage.MajorVersion)
            throw Refused(
                $"the server is PostgreSQL {facts.Major}, but cluster '{lineage.Cluster}' in the repository is "
                    + $"{lineage.MajorVersion}",
                "After pg_upgrade run 'tomo-backup init' to begin a new lineage.");

        if (facts.InRecovery)
            throw Refused(
                "the server is in recovery, and this version backs up primaries only", "Connect to the primary.");

        if (facts.Wal.Level == "minimal")
            throw Refused(
                "wal_level is 'minimal', which allows no backup",
                "Run 'tomo-backup setup' to see the settings that are needed.");

        if (facts.Wal.ArchiveMode == "off")
            throw Refused(
                "archive_mode is 'off', so the backup's WAL would never arrive",
                "Run 'tomo-backup setup' to see the settings that are needed.");

        if (facts.Wal.ArchiveCommand.Length > 0 && facts.Wal.ArchiveLibrary.Length > 0)
            throw Refused(
                "archive_command and archive_library are both set, so PostgreSQL archives nothing",
                "Clear one of them.");

        if (facts.Wal.ArchiveCommand.Length == 0 && facts.Wal.ArchiveLibrary.Length == 0)
            throw Refused(
                "neither archive_command nor archive_library is set, so the backup's WAL would never arrive",
                "Run 'tomo-backup setup' to see the settings that are needed.");
    }

    /// <summary>What a person should know about a backup that went well.</summary>
    public static IReadOnlyList<string> Warnings(ServerFacts facts, IReadOnlyList<DatabaseFacts> databases)
    {
        var warnings = new List<string>();

        if (!facts.DataChecksums)
            warnings.Add("the cluster keeps no page checksums: silent corruption of its files cannot be seen");

        if (!facts.Fsync)
            warnings.Add("fsync is off: a crash of the machine may destroy the cluster");

        if (!facts.Files.IncludesAreComplete)
            warnings.Add(
                "this role may not see every configuration file: grant it pg_monitor and pg_read_all_settings");

        foreach (var database in databases)
            if (database.Unread is { } reason)
                warnings.Add($"extensions of database '{database.Name}' are not recorded: {reason}");

        return warnings;
    }

    static TomoBackupException Refused(string message, string hint)
        => TomoBackupException.Create(ErrorCode.Refused, message, hint);
}
