using TomoBackup.Measurements;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Server;
using TomoBackup.Setup;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>What was seen of a server, and of its data directory where the server does not answer.</summary>
/// <param name="Facts">What the server says of itself.</param>
/// <param name="Archiver">The archiver and the end of the log.</param>
/// <param name="Queue">What waits to be archived.</param>
/// <param name="Drift">Statements that <c>setup</c> would run.</param>
/// <param name="DataDirectory">Where it is; null where nobody says.</param>
sealed record SeenServer(
    Sighting<ServerFacts> Facts,
    Sighting<ArchiverFacts> Archiver,
    Sighting<ArchiveQueue> Queue,
    Sighting<IReadOnlyList<string>> Drift,
    string? DataDirectory);

/// <summary>Asks a server, with little patience, and looks into its data directory.</summary>
sealed class ServerSurvey(OperationEnvironment environment, BackupPolicy policy, ClusterPolicy cluster)
{
    /// <summary>A screen that is asked for at night must not hang with the server.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    const string ReadySuffix = ".ready";

    /// <summary>Asks.</summary>
    public async Task<SeenServer> RunAsync(string? policyPath, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, environment.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);

        try
        {
            var server = await environment.Connect(cluster.Connection.ToString(), limit.Token).ConfigureAwait(false);

            await using (server.ConfigureAwait(false))
                return await AskAsync(server, policyPath, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Silent(TomoBackupException.Create(
                ErrorCode.Unavailable, $"the server did not answer within {Patience.TotalSeconds:0} s",
                hint: "Look whether it hangs, or takes no more connections."));
        }
        catch (Exception e) when (Failures.Understand(e) is { } failure)
        {
            return Silent(failure);
        }
    }

    async Task<SeenServer> AskAsync(IPostgresServer server, string? policyPath, CancellationToken cancellationToken)
    {
        var facts = await server.ReadFactsAsync(cancellationToken).ConfigureAwait(false);
        var folder = cluster.DataDirectory ?? facts.DataDirectory;

        return new SeenServer(
            Sighting<ServerFacts>.Of(facts),
            await TryAsync(async () => new ArchiverFacts(
                await server.ArchiverStatusAsync(cancellationToken).ConfigureAwait(false),
                (await server.CurrentWalLsnAsync(cancellationToken).ConfigureAwait(false)).Insert,
                facts.Timeline)).ConfigureAwait(false),
            ReadQueue(folder, isRunning: true),
            await TryAsync(() => DriftAsync(server, policyPath, cancellationToken)).ConfigureAwait(false),
            folder);
    }

    async Task<IReadOnlyList<string>> DriftAsync(
        IPostgresServer server, string? policyPath, CancellationToken cancellationToken)
    {
        var role = ServerAddress.Parse(cluster.Connection.ToString()).User;
        var command = ArchiveCommand.For(
            environment.Program, policyPath ?? "", policy.Clusters.Count > 1 ? cluster.Name : null);
        var facts = await server.ReadArchivingAsync(role, cancellationToken).ConfigureAwait(false);

        return [.. SetupPlanner.Plan(facts, command, cluster.Wal.ArchiveTimeout.Longest).Steps
            .Select(step => step.Statement)];
    }

    SeenServer Silent(TomoBackupException failure)
        => new(
            Sighting<ServerFacts>.Failed(failure),
            Sighting<ArchiverFacts>.Failed(failure),
            cluster.DataDirectory is { } folder
                ? ReadQueue(folder, isRunning: false)
                : Sighting<ArchiveQueue>.Failed(TomoBackupException.Create(
                    ErrorCode.Unavailable,
                    $"{failure.Message}, and the policy does not say where the data directory is",
                    hint: failure.Hint)),
            Sighting<IReadOnlyList<string>>.Failed(failure),
            cluster.DataDirectory);

    Sighting<ArchiveQueue> ReadQueue(string folder, bool isRunning)
    {
        try
        {
            var waiting = environment.Files.List($"{folder}/pg_wal/archive_status")
                .Where(file => file.Name.EndsWith(ReadySuffix, StringComparison.Ordinal))
                .OrderBy(file => file.Modified)
                .ToList();

            return Sighting<ArchiveQueue>.Of(new ArchiveQueue(
                waiting.Count,
                waiting is [var oldest, ..] ? oldest.Name[..^ReadySuffix.Length] : null,
                waiting is [var first, ..] ? first.Modified : null,
                isRunning ? null : StoppedIn(folder)));
        }
        catch (Exception e) when (Failures.Understand(e) is { } failure)
        {
            return Sighting<ArchiveQueue>.Failed(failure);
        }
    }

    ulong? StoppedIn(string folder)
    {
        var control = ControlFile.Parse(environment.Files.ReadAll(
            $"{folder}/{DataDirectoryRules.ControlFilePath}", ControlFile.FileBytes));

        return control.IsCleanlyShutDown
            ? control.Checkpoint.Value / (ulong)control.WalSegmentSize.Bytes
            : null;
    }

    static async Task<Sighting<T>> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return Sighting<T>.Of(await ask().ConfigureAwait(false));
        }
        catch (Exception e) when (Failures.Understand(e) is { } failure)
        {
            return Sighting<T>.Failed(failure);
        }
    }
}
