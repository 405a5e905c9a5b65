using TomoBackup.Archiving;
using TomoBackup.Backups;

namespace TomoBackup.Operations;

/// <summary>Verbs that protect: backup and push.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>Takes a full backup into one repository.</summary>
    /// <param name="repositoryName">Its name; null for the policy's first.</param>
    public Task<BackupReport> BackupAsync(
        BackupOptions options, string? repositoryName, CancellationToken cancellationToken)
        => RunAsync("backup", async () =>
        {
            using var secrets = ReadSecrets(new KeyOptions());
            using var signer = _state.ReadSigningKey();
            var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            var server = await ConnectAsync(cancellationToken).ConfigureAwait(false);

            await using (server.ConfigureAwait(false))
                return await new BackupOperation(new BackupContext
                {
                    Repository = repository,
                    Lineage = lineage,
                    State = _state,
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
        if (PushOperation.IsDone(_environment.Files, _state, _cluster.Name, path))
            return new PushAnswer(Path.GetFileName(path), Stored: false, Ahead: 0);

        using var secrets = ReadSecrets(new KeyOptions());
        using var signer = _state.ReadSigningKey();
        var context = await ArchivingAsync(secrets, signer, cancellationToken).ConfigureAwait(false);
        var report = await new PushOperation(context).RunAsync(path, cancellationToken).ConfigureAwait(false);
        return new PushAnswer(report.Requested.Name, report.Requested.Stored, report.Ahead);
    }

    async Task<ArchivingContext> ArchivingAsync(
        Secrets secrets, Codecs.SigningKey signer, CancellationToken cancellationToken)
    {
        var repositories = await OpenRepositoriesAsync(cancellationToken).ConfigureAwait(false);

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
/// <param name="Ahead">How many waiting segments were pushed with it.</param>
public sealed record PushAnswer(string Name, bool Stored, int Ahead);
