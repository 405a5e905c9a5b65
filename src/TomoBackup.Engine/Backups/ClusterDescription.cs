using System.Globalization;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;

namespace TomoBackup.Backups;

/// <summary>Gathers what a restore must know of the cluster as a whole: pure.</summary>
static class ClusterDescription
{
    /// <summary>The document that is stored with the backup.</summary>
    public static ClusterDocument Describe(
        BackupOptions options,
        ServerFacts facts,
        BackupStop stop,
        IReadOnlyList<DatabaseFacts> databases,
        IReadOnlyList<NamedContent> histories)
        => new()
        {
            Label = options.Label,
            Annotations = options.Annotations,
            BackupLabel = stop.Label.ToArray(),
            TablespaceMap = stop.TablespaceMap.ToArray(),
            History = histories,
            Tablespaces = [.. facts.Tablespaces.Select(t => new StoredTablespace(t.Oid, t.Location))],
            Settings = Settings(facts),
            PreloadLibraries = [.. facts.Libraries.Shared],
            Extensions = [.. databases.SelectMany(d => (d.Extensions ?? [])
                .Select(e => new InstalledExtension(d.Name, e.Name, e.Version)))],
            Collations = [.. databases.Select(d =>
                new DatabaseCollation(d.Name, d.Collation.Provider, d.Collation.Actual))],
        };

    static Dictionary<string, string> Settings(ServerFacts facts)
        => new(StringComparer.Ordinal)
        {
            ["max_connections"] = Text(facts.Recovery.MaxConnections),
            ["max_worker_processes"] = Text(facts.Recovery.MaxWorkerProcesses),
            ["max_wal_senders"] = Text(facts.Recovery.MaxWalSenders),
            ["max_prepared_transactions"] = Text(facts.Recovery.MaxPreparedTransactions),
            ["max_locks_per_transaction"] = Text(facts.Recovery.MaxLocksPerTransaction),
            ["data_directory"] = facts.DataDirectory,
            ["config_file"] = facts.Files.Config,
            ["hba_file"] = facts.Files.Hba,
            ["ident_file"] = facts.Files.Ident,
            ["port"] = Text(facts.Port),
        };

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
