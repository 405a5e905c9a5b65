using TomoBackup.Policies.Review;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Setup;

namespace TomoBackup.Operations;

/// <summary>Looks at a cluster for <c>policy check --live</c>. It is not recorded: it may run every minute, and whoever
/// may only read may run it.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>Looks at the server, at each repository, and into the journal of this host. What cannot be seen is in
    /// the answer, not thrown; needs no recovery key.</summary>
    internal async Task<SeenCluster> ObserveAsync(string? policyPath, CancellationToken cancellationToken)
    {
        var unseen = new List<UnseenFact>();
        var place = $"clusters.{_cluster.Name}";
        var server = await TryAsync(
            unseen, place, $"the server of '{_cluster.Name}'", () => AskServerAsync(policyPath, cancellationToken))
            .ConfigureAwait(false);
        var archives = new Dictionary<string, ObservedArchive>();

        foreach (var repository in _policy.Repositories)
            if (await TryAsync(
                unseen, $"repositories.{repository.Name}", $"'{_cluster.Name}' in repository '{repository.Name}'",
                () => LookIntoAsync(repository.Name, server?.Position, cancellationToken)).ConfigureAwait(false)
                is { } archive)
                archives.Add(repository.Name, archive);

        return new SeenCluster(
            new ObservedCluster
            {
                Server = server?.Settings,
                Databases = server?.Databases,
                Archives = archives,
                History = await TryAsync(
                    unseen, place, "the journal of this host", () => Task.FromResult(ReadHistory()))
                    .ConfigureAwait(false),
            },
            _cluster.DataDirectory ?? server?.DataDirectory,
            unseen);
    }

    async Task<AskedServer> AskServerAsync(string? policyPath, CancellationToken cancellationToken)
    {
        var server = await ConnectAsync(cancellationToken).ConfigureAwait(false);

        await using (server.ConfigureAwait(false))
        {
            var facts = await server.ReadFactsAsync(cancellationToken).ConfigureAwait(false);
            var databases = await server.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false);
            var position = facts.InRecovery ? null : new ServerPosition(
                facts.Timeline,
                (await server.CurrentWalLsnAsync(cancellationToken).ConfigureAwait(false)).Insert,
                new WalSegmentSize(facts.Wal.SegmentSize));

            return new AskedServer(
                new ObservedServer
                {
                    Major = facts.Major,
                    WalLevel = facts.Wal.Level,
                    ArchiveMode = facts.Wal.ArchiveMode,
                    ArchiveCommand = facts.Wal.ArchiveLibrary is { Length: > 0 } library
                        ? library
                        : facts.Wal.ArchiveCommand,
                    WantedCommand = policyPath is null ? null : ArchiveCommand.For(
                        _environment.Program, policyPath, _policy.Clusters.Count > 1 ? _cluster.Name : null),
                    ArchiveTimeout = facts.Wal.ArchiveTimeout,
                    Summarize = facts.Wal.Summarize,
                },
                [.. databases.Where(database => !database.IsTemplate).Select(database => database.Name)],
                facts.DataDirectory,
                position);
        }
    }

    async Task<ObservedArchive> LookIntoAsync(
        string repositoryName, ServerPosition? position, CancellationToken cancellationToken)
    {
        using var secrets = ReadSecrets(new KeyOptions());
        var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
        var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
        var catalog = await Catalog.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false);
        var good = catalog.Backups.Where(backup => backup.IsGood).ToList();
        var (newest, missing) = await ListWalAsync(repository, lineage, position, cancellationToken)
            .ConfigureAwait(false);

        return new ObservedArchive
        {
            NewestGood = good.Max(backup => (DateTimeOffset?)backup.Stopped),
            NewestFull = good.Where(backup => backup.Kind == Manifest.Full)
                .Max(backup => (DateTimeOffset?)backup.Started),
            NewestWal = newest,
            ClosedAndMissing = missing,
        };
    }

    static async Task<(DateTimeOffset? Newest, long? Missing)> ListWalAsync(
        Repository repository, Lineage lineage, ServerPosition? position, CancellationToken cancellationToken)
    {
        DateTimeOffset? newest = null;
        ulong? last = null;
        ulong? lastOfTimeline = null;

        await foreach (var entry in repository.Store
            .ListAsync(RepositoryLayout.WalRoot(lineage.Id), cancellationToken).ConfigureAwait(false))
        {
            newest = entry.Modified > newest || newest is null ? entry.Modified : newest;

            if (position is null
                || RepositoryLayout.SplitContentName(entry.Key) is not var (name, _)
                || !WalSegment.TryParse(name, position.Size, out var segment))
                continue;

            last = Math.Max(last ?? 0, segment.Number);

            if (segment.Timeline == position.Timeline)
                lastOfTimeline = Math.Max(lastOfTimeline ?? 0, segment.Number);
        }

        return (newest, position is not null && (lastOfTimeline ?? last) is { } reached
            ? Math.Max(0, (long)position.Current - 1 - (long)reached)
            : null);
    }

    RunHistory ReadHistory()
    {
        // The journal itself leaves out what it cannot read; here that would be taken for what never was.
        if (_environment.Files.Stat($"{_state.Folder}/journal/.") is not null)
            _ = _environment.Files.List($"{_state.Folder}/journal");

        var seen = new JournalSurvey(_journal, _cluster.Name).Read(_policy.Encryption.IdentityFile is null);
        return new RunHistory(seen.KeysTried, seen.Restored?.Took);
    }

    static async Task<T?> TryAsync<T>(List<UnseenFact> unseen, string path, string what, Func<Task<T>> look)
        where T : class
    {
        try
        {
            return await look().ConfigureAwait(false);
        }
        catch (Exception e) when (Failures.Understand(e) is { } failure)
        {
            unseen.Add(new UnseenFact(path, what, failure.Message));
            return null;
        }
    }

    sealed record AskedServer(
        ObservedServer Settings, IReadOnlyList<string> Databases, string DataDirectory, ServerPosition? Position);

    /// <summary>How far a primary has written.</summary>
    sealed record ServerPosition(uint Timeline, Lsn Insert, WalSegmentSize Size)
    {
        /// <summary>Number of the segment that is being written; all before it are closed.</summary>
        public ulong Current => WalSegment.Containing(Insert, Timeline, Size).Number;
    }
}

/// <summary>What was seen of a cluster.</summary>
/// <param name="Facts">What was seen.</param>
/// <param name="DataDirectory">As the policy or the server says; null where nobody does.</param>
/// <param name="Unseen">What was not.</param>
sealed record SeenCluster(ObservedCluster Facts, string? DataDirectory, IReadOnlyList<UnseenFact> Unseen);
