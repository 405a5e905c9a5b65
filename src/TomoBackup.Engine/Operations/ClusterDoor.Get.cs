using System.Text;
using TomoBackup.Archiving;
using TomoBackup.Policies;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>What a recovering server calls: get. It takes the session that a restore prepared, and no
/// policy.</summary>
public sealed partial class ClusterDoor
{
    /// <summary><c>restore_command</c> of a prepared restore.</summary>
    /// <param name="folder">The session's folder, absolute.</param>
    /// <param name="name">What PostgreSQL asks for.</param>
    /// <param name="destination">Where it wants it, absolute.</param>
    /// <returns>What was done. Everything else than delivered and "there is none" is thrown.</returns>
    public static async Task<GetAnswer> GetAsync(
        OperationEnvironment environment,
        string folder,
        string name,
        string destination,
        CancellationToken cancellationToken)
    {
        var session = ReadSession(environment, folder);
        var spool = Spool(environment, folder);
        var plan = GetPlan.Decide(session, name);

        // The quick ways out: verified by an earlier process, which takes neither keys nor the repository; and not
        // planned.
        if (plan is GetPlan.NotPlanned)
            return new GetAnswer(Delivered: false, StartAhead: false);

        if (plan is not GetPlan.Fetch fetch)
            return new GetAnswer(await RunAsync().ConfigureAwait(false), StartAhead: false);

        var delivered = await spool.WaitAsync(name, destination, environment.Time, cancellationToken)
            .ConfigureAwait(false) || await RunAsync().ConfigureAwait(false);

        return new GetAnswer(delivered, StartAhead: delivered && spool.IsLow(fetch.Ahead));

        Task<bool> RunAsync() => WithArchiveAsync(
            environment, session, spool, get => get.RunAsync(plan, name, destination, cancellationToken),
            cancellationToken);
    }

    /// <summary>True where a restore has prepared a recovery.</summary>
    /// <param name="folder">The session's folder, absolute.</param>
    public static bool IsRecoveryPrepared(IFileSystem files, string folder)
        => RecoverySession.TryRead(files, folder) is not null;

    /// <summary><c>restore_command</c> of a recovery that no restore prepared, for instance of a standby. Needs a
    /// recovery identity on this host.</summary>
    /// <param name="options">Where it ends, and what is said when the archive is out of reach.</param>
    /// <param name="name">What PostgreSQL asks for.</param>
    /// <param name="destination">Where it wants it, absolute.</param>
    /// <returns>True for delivered, false for "there is none".</returns>
    public async Task<bool> GetUnplannedAsync(
        UnplannedGetOptions options, string name, string destination, CancellationToken cancellationToken)
    {
        try
        {
            using var secrets = ReadSecrets(new KeyOptions());
            var repository = await OpenRepositoryAsync(null, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            using var keys = OpenKeys(repository, lineage, secrets);

            return await new UnplannedGet(
                repository, new WalArchive(repository, lineage.Id), keys, lineage.IdEpoch, _environment.Files)
                .RunAsync(options, name, destination, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (options.Standby
            && Failures.Understand(e)?.Code is ErrorCode.Unavailable or ErrorCode.RepositoryMissing)
        {
            return false;
        }
    }

    /// <summary>Fetches what a recovery will ask for behind a segment; at once at its end where another process
    /// does.</summary>
    /// <param name="folder">The session's folder, absolute.</param>
    /// <param name="name">The segment that PostgreSQL asked for last.</param>
    /// <returns>How many were fetched.</returns>
    public static async Task<int> GetAheadAsync(
        OperationEnvironment environment, string folder, string name, CancellationToken cancellationToken)
    {
        var spool = Spool(environment, folder);
        using var alone = spool.TryBeAhead();

        if (alone is null)
            return 0;

        var session = ReadSession(environment, folder);
        spool.Sweep(name);

        return await WithArchiveAsync(
            environment, session, spool, get => get.RunAheadAsync(name, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    static async Task<T> WithArchiveAsync<T>(
        OperationEnvironment environment,
        RecoverySession session,
        WalSpool spool,
        Func<GetOperation, Task<T>> work,
        CancellationToken cancellationToken)
    {
        var store = environment.OpenStore(PlaceOf(session));

        await using (store.ConfigureAwait(false))
        {
            var repository = await Repository.OpenAsync(session.Repository, store, cancellationToken)
                .ConfigureAwait(false);

            if (repository.Id != session.RepositoryId)
                throw TomoBackupException.Create(
                    ErrorCode.RepositoryDamaged,
                    $"'{session.Address}' is another repository than the one that this restore was planned with",
                    hint: "Mount the right one. Recovery stops here rather than taking WAL from elsewhere.");

            using var keys = new SessionKeys(session);

            return await work(new GetOperation(
                session, repository, new WalArchive(repository, session.Lineage), keys, spool)).ConfigureAwait(false);
        }
    }

    static RepositoryPolicy PlaceOf(RecoverySession session) => new()
    {
        Name = session.Repository,
        Store = StoreAddress.Parse(session.Address),
        Endpoint = session.Access?.Endpoint,
        Region = session.Access?.Region,
        CertificateAuthority = session.Access?.CertificateAuthority,
        AsOf = session.Access?.AsOf,
        SshKey = session.Access?.SshKey,
        KnownHosts = session.Access?.KnownHosts,
        HostKey = session.Access?.HostKey,
        RcloneConfiguration = session.Access?.RcloneConfiguration,
        AccessKey = Given(session.Access?.AccessKey),
        SecretKey = Given(session.Access?.SecretKey),
    };

    static SecretReference? Given(string? secret)
        => secret is null ? null : new SecretReference(null, null, null) { Given = secret };

    static RecoverySession ReadSession(OperationEnvironment environment, string folder)
        => RecoverySession.TryRead(environment.Files, folder)
            ?? throw TomoBackupException.Create(
                ErrorCode.NotFound, $"'{folder}' holds no prepared recovery",
                hint: "'tomo-backup restore' makes it, and writes the restore_command that names it.");

    static WalSpool Spool(OperationEnvironment environment, string folder)
        => new(environment.Files, folder, BootId(environment.Files));

    static string BootId(IFileSystem files)
    {
        // /proc files have no length, which ReadAll relies on.
        using var file = files.OpenRead("/proc/sys/kernel/random/boot_id");
        var buffer = new byte[64];
        var length = file?.Read(0, buffer) ?? 0;
        return length > 0 ? Encoding.ASCII.GetString(buffer, 0, length).Trim() : "unknown";
    }
}

/// <summary>What <c>restore_command</c> did.</summary>
/// <param name="Delivered">True for delivered, false for "there is none".</param>
/// <param name="StartAhead">True where little was fetched ahead: the caller may start a process that does.</param>
public sealed record GetAnswer(bool Delivered, bool StartAhead);
