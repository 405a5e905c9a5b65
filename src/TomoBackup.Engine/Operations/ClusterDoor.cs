using TomoBackup.Policies;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;

namespace TomoBackup.Operations;

/// <summary>
/// The only door to a cluster's repositories: opens them, finds lineage and keys, runs a verb, and records how it
/// ended. Composition by hand; no verb opens anything itself.
/// </summary>
public sealed partial class ClusterDoor
{
    readonly OperationEnvironment _environment;
    readonly BackupPolicy _policy;
    readonly ClusterPolicy _cluster;
    readonly HostState _state;
    readonly OperationJournal _journal;

    /// <summary>For one cluster of a policy.</summary>
    public ClusterDoor(
        OperationEnvironment environment, BackupPolicy policy, ClusterPolicy cluster, string stateDirectory)
    {
        _environment = environment;
        _policy = policy;
        _cluster = cluster;
        _state = new HostState(environment.Files, stateDirectory, environment.Entropy);
        _journal = new OperationJournal(environment.Files, stateDirectory);
    }

    Task<IPostgresServer> ConnectAsync(CancellationToken cancellationToken)
        => _environment.Connect(_cluster.Connection.ToString(), cancellationToken);

    /// <param name="note">What of the report is to be remembered.</param>
    async Task<T> RunAsync<T>(string verb, Func<Task<T>> operation, Func<T, JournalNote>? note = null)
    {
        var began = _environment.Time.GetUtcNow();

        void Record(string result, ErrorCode code, string? message, JournalNote? measured = null)
            => _journal.Record(new JournalEntry(
                began, verb, _cluster.Name, result, (int)code,
                (_environment.Time.GetUtcNow() - began).TotalSeconds, message, measured));

        try
        {
            var report = await operation().ConfigureAwait(false);
            Record(JournalEntry.Done, ErrorCode.Ok, null, note?.Invoke(report));
            return report;
        }
        catch (OperationCanceledException)
        {
            Record("cancelled", ErrorCode.Interrupted, null);
            throw;
        }
        catch (Exception e) when (Failures.Understand(e) is { } understood)
        {
            Record("failed", understood.Code, understood.Message);

            if (ReferenceEquals(understood, e))
                throw;

            throw understood;
        }
        catch (Exception e)
        {
            Record("defect", ErrorCode.Defect, e.Message);
            throw;
        }
    }

    async Task<List<Repository>> OpenRepositoriesAsync(CancellationToken cancellationToken)
    {
        var repositories = new List<Repository>();

        foreach (var place in _policy.Repositories)
            repositories.Add(await OpenAsync(place, cancellationToken).ConfigureAwait(false));

        return repositories;
    }

    /// <summary>Those that the host writes WAL to. One that follows another is written by <c>follow</c>: however far
    /// away or dead it is, it never holds up the archive.</summary>
    async Task<List<Repository>> OpenWrittenAsync(CancellationToken cancellationToken)
    {
        var repositories = new List<Repository>();

        foreach (var place in _policy.Repositories.Where(r => r.Follows is null))
            repositories.Add(await OpenAsync(place, cancellationToken).ConfigureAwait(false));

        return repositories;
    }

    async Task<Repository> OpenRepositoryAsync(string? name, CancellationToken cancellationToken)
        => await OpenAsync(FindPlace(name), cancellationToken).ConfigureAwait(false);

    /// <summary>The repository of that name; where none is given, the policy's first that follows no other.</summary>
    RepositoryPolicy FindPlace(string? name)
        => name is null
            ? _policy.Repositories.First(r => r.Follows is null)
            : _policy.Repositories.FirstOrDefault(r => r.Name == name) ?? throw TomoBackupException.Create(
                ErrorCode.NotFound, $"no repository '{name}' in the policy",
                hint: $"It names {string.Join(", ", _policy.Repositories.Select(r => $"'{r.Name}'"))}.");

    Task<Repository> OpenAsync(RepositoryPolicy place, CancellationToken cancellationToken)
        => Repository.OpenAsync(place.Name, _environment.OpenStore(place), cancellationToken);

    async Task<Lineage> FindLineageAsync(Repository repository, Secrets secrets, CancellationToken cancellationToken)
        => await LineageBook.FindAsync(repository, _cluster.Name, secrets.Trust, cancellationToken)
            .ConfigureAwait(false)
            ?? throw TomoBackupException.Create(
                ErrorCode.NotFound,
                $"repository '{repository.Name}' knows no cluster '{_cluster.Name}'",
                hint: "Run 'tomo-backup init' to begin with it, or name another cluster with '--cluster'.");

    /// <summary>What this host may open and whom it trusts.</summary>
    Secrets ReadSecrets(KeyOptions options)
        => Secrets.Read(_environment.Files, _state, _policy.Encryption.IdentityFile, options);

    KeyRing OpenKeys(Repository repository, Lineage lineage, Secrets secrets)
        => new(repository, lineage, _state.OpenEpochs(lineage.Id), secrets.Identities);
}
