using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Setup;

namespace TomoBackup.Operations;

/// <summary>Verbs that try the set-up: setup, check and those about keys.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>What the server lacks for backups and archiving; run where that is asked for.</summary>
    /// <param name="policyPath">Absolute path of the policy, which archive_command names.</param>
    /// <param name="superuser">Who may change the server.</param>
    /// <param name="apply">True to run the statements.</param>
    public Task<SetupReport> SetUpAsync(
        string policyPath, string superuser, bool apply, CancellationToken cancellationToken)
        => RunAsync("setup", () => new SetupOperation(new SetupContext
        {
            Cluster = _cluster,
            Command = ArchiveCommand.For(
                _environment.Program, policyPath, _policy.Clusters.Count > 1 ? _cluster.Name : null),
            Superuser = superuser,
            Connect = _environment.Connect,
        }).RunAsync(apply, cancellationToken));

    /// <summary>Tries everything from end to end. What is wrong is in the report, not thrown.</summary>
    /// <param name="timeout">How long a segment may take into every repository.</param>
    public Task<CheckReport> CheckAsync(TimeSpan timeout, CancellationToken cancellationToken)
        => RunAsync("check", async () =>
        {
            using var secrets = ReadSecrets(new KeyOptions());

            return await new CheckOperation(new CheckContext
            {
                Cluster = _cluster,
                Repositories = _policy.Repositories,
                IdentityFile = _policy.Encryption.IdentityFile,
                Identities = secrets.Identities,
                Trust = secrets.Trust,
                State = _state,
                Files = _environment.Files,
                Time = _environment.Time,
                Progress = _environment.Progress,
                Connect = ConnectAsync,
                OpenStore = _environment.OpenStore,
                Understand = Failures.Understand,
                Timeout = timeout,
            }).RunAsync(cancellationToken).ConfigureAwait(false);
        });

    /// <summary>Recipients, fingerprints and the data keys that lie on this host.</summary>
    public Task<KeyShowReport> ShowKeysAsync(CancellationToken cancellationToken)
        => RunAsync("key-show", async () =>
        {
            using var secrets = ReadSecrets(new KeyOptions());
            var repository = await OpenRepositoryAsync(null, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);

            return await Inspection(secrets)
                .ShowAsync(repository, lineage, _policy.Encryption.IdentityFile is null, cancellationToken)
                .ConfigureAwait(false);
        });

    /// <summary>Tries the identities given, or the policy's where none is, on the newest data keys of each
    /// repository.</summary>
    public Task<KeyCheckReport> CheckKeysAsync(KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync("key-check", async () =>
        {
            var own = keys.IdentityFiles.Count > 0 ? null : _policy.Encryption.IdentityFile;
            using var secrets = Secrets.Read(_environment.Files, _state, own, keys);

            if (secrets.Identities.Count == 0)
                throw TomoBackupException.Create(
                    ErrorCode.KeyMissingOrWrong, "there is no recovery identity to try",
                    hint: "Give one with '--identity FILE' (from the stick or sheet where it is kept); it is read and "
                        + "not stored.");

            var places = new List<(Repository, Lineage)>();

            foreach (var repository in await OpenRepositoriesAsync(cancellationToken).ConfigureAwait(false))
                places.Add((
                    repository,
                    await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false)));

            return await Inspection(secrets).CheckAsync(places, cancellationToken).ConfigureAwait(false);
        },
        report => new JournalNote { Damage = report.Trials.Count(trial => trial.Failure is not null) });

    /// <summary>Makes a recovery identity in a new file, and returns its recipient.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="stateDirectory">Whose signing key the file is to trust; null where there is none yet.</param>
    public static string GenerateKey(OperationEnvironment environment, string path, string? stateDirectory)
    {
        var signingKeys = new List<Fingerprint>();

        if (stateDirectory is not null)
        {
            var state = new HostState(environment.Files, stateDirectory, environment.Entropy);
            using var signer = state.TryReadSigningKey();

            if (signer is not null)
                signingKeys.Add(signer.Fingerprint);
        }

        return KeyGeneration.Run(environment.Files, environment.Entropy, path, signingKeys);
    }

    KeyInspection Inspection(Secrets secrets)
        => new(_state, _environment.Files, secrets.Identities, Failures.Understand);
}
