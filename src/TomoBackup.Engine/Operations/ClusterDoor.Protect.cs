using TomoBackup.Archiving;
using TomoBackup.Backups;

namespace TomoBackup.Operations;

/// <summary>Verbs that protect: backup and push.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>Takes a backup into one repository, if one is asked for or due.</summary>
    /// <param name="repositoryName">Its name; null for the policy's first.</param>
    public Task<BackupOutcome> BackupAsync(
        BackupOptions options, string? repositoryName, CancellationToken cancellationToken)
        => RunAsync("backup", async () =>
        {
            if (FindPlace(repositoryName) is { Follows: { } followed } follower)
                throw TomoBackupException.Create(
                    ErrorCode.Usage,
                    $"repository '{follower.Name}' follows '{followed}': backups come there by 'tomo-backup follow'",
                    hint: $"Take it into '{followed}', and run 'tomo-backup follow'.");

            using var secrets = ReadSecrets(new KeyOptions());
            using var signer = _state.ReadSigningKey();
            var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            using var keys = OpenKeys(repository, lineage, secrets);
            var server = await ConnectAsync(cancellationToken).ConfigureAwait(false);

            await using (server.ConfigureAwait(false))
                return await new BackupOperation(new BackupContext
                {
                    Repository = repository,
                    Lineage = lineage,
                    State = _state,
                    Keys = keys,
                    Signer = signer,
                    Server = server,
                    Files = _environment.Files,
                    Entropy = _environment.Entropy,
                    Time = _environment.Time,
                    Progress = _environment.Progress,
                    Tool = _environment.Tool,
                }).RunAsync(options, cancellationToken).ConfigureAwait(false);
        });

    /// <summary><c>archive_command</c>. Not recorded: it runs for every segment, and the repository is the
    /// record.</summary>
    /// <param name="path">Absolute path of the file.</param>
    public async Task<PushAnswer> PushAsync(string path, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        var turns = Turns();
        using var turn = await turns.TakeAsync(path, cancellationToken).ConfigureAwait(false);

        if (turn is null)
            return new PushAnswer(name, Stored: false, StartAhead: false);

        using var secrets = ReadSecrets(new KeyOptions());
        using var signer = _state.ReadSigningKey();
        var context = await ArchivingAsync(secrets, signer, cancellationToken).ConfigureAwait(false);
        var report = await new PushOperation(context, turns).RunAsync(path, cancellationToken)
            .ConfigureAwait(false);

        using var free = report.MoreWait ? turns.TryBeAhead() : null;
        return new PushAnswer(name, report.Requested.Stored, StartAhead: free is not null);
    }

    /// <summary>Pushes what waits behind a file before PostgreSQL asks for it; at once at its end where another process
    /// does.</summary>
    /// <param name="path">Absolute path of the file that PostgreSQL asked for last.</param>
    /// <returns>How many were pushed.</returns>
    public async Task<int> PushAheadAsync(string path, CancellationToken cancellationToken)
    {
        var turns = Turns();
        using var alone = turns.TryBeAhead();

        if (alone is null)
            return 0;

        using var secrets = ReadSecrets(new KeyOptions());
        using var signer = _state.ReadSigningKey();
        var context = await ArchivingAsync(secrets, signer, cancellationToken).ConfigureAwait(false);
        return await new PushOperation(context, turns).RunAheadAsync(path, cancellationToken)
            .ConfigureAwait(false);
    }

    PushTurn Turns() => new(_environment.Files, _state, _cluster.Name, _environment.Time);

    async Task<ArchivingContext> ArchivingAsync(
        Secrets secrets, Codecs.SigningKey signer, CancellationToken cancellationToken)
    {
        var repositories = await OpenWrittenAsync(cancellationToken).ConfigureAwait(false);

        return new ArchivingContext
        {
            Repositories = repositories,
            Lineage = await FindLineageAsync(repositories[0], secrets, cancellationToken).ConfigureAwait(false),
            State = _state,
            Signer = signer,
            Files = _environment.Files,
            Entropy = _environment.Entropy,
            Time = _environment.Time,
        };
    }
}

/// <summary>What a push did.</summary>
/// <param name="Name">The file that PostgreSQL asked for; it is durable in every repository.</param>
/// <param name="Stored">False where the same content was there already.</param>
/// <param name="StartAhead">True where more wait and no process pushes ahead: the caller may start one.</param>
public sealed record PushAnswer(string Name, bool Stored, bool StartAhead);
