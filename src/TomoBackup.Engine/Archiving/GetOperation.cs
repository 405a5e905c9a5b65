using TomoBackup.Repositories;
using TomoBackup.Transfer;

namespace TomoBackup.Archiving;

/// <summary>
/// <c>restore_command</c> of a prepared restore. The answer is 0 only for verified bytes and 1 only for what is proven
/// absent or was never planned; anything else is thrown, and becomes 255: PostgreSQL takes any smaller number for the
/// end of the archive, and opens with data missing (facts: reliability 0.3).
/// </summary>
sealed class GetOperation(
    RecoverySession session, Repository repository, WalArchive archive, IEpochKeys keys, WalSpool spool)
{
    const int LookAhead = 15;
    const string PartialSuffix = ".partial";

    /// <summary>Delivers a file.</summary>
    /// <param name="name">What PostgreSQL asks for.</param>
    /// <param name="destination">Where it wants it, absolute.</param>
    /// <returns>True for delivered, false for "there is none".</returns>
    public async Task<bool> RunAsync(string name, string destination, CancellationToken cancellationToken)
    {
        switch (GetPlan.Decide(session, name, LookAhead))
        {
            case GetPlan.Fetch fetch:
                await FetchAsync(fetch, destination, cancellationToken).ConfigureAwait(false);
                return true;

            case GetPlan.Probe:
                return await ProbeAsync(name, destination, cancellationToken).ConfigureAwait(false);

            default:
                return false;
        }
    }

    async Task FetchAsync(GetPlan.Fetch fetch, string destination, CancellationToken cancellationToken)
    {
        var ahead = fetch.Ahead.Where(name => !spool.Has(PlainName(name))).ToList();

        await WorkCrew.RunAsync(
            (IReadOnlyList<string>)[fetch.ArchivedName, .. ahead],
            Math.Min(Environment.ProcessorCount, ahead.Count + 1),
            _ => NoTools.Instance,
            async (_, name, stop) =>
            {
                if (name == fetch.ArchivedName)
                    await SpoolAsync(name, stop).ConfigureAwait(false);
                else
                    await FetchAheadAsync(name, stop).ConfigureAwait(false);
            },
            (_, _) => ValueTask.CompletedTask,
            cancellationToken).ConfigureAwait(false);

        spool.TryDeliver(PlainName(fetch.ArchivedName), destination);
    }

    /// <summary>What fails here fails again, and is reported, when PostgreSQL asks for it.</summary>
    async Task FetchAheadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await SpoolAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TomoBackupException or IOException)
        {
        }
    }

    async Task<bool> ProbeAsync(string name, string destination, CancellationToken cancellationToken)
    {
        var found = await archive.FindAsync(name, cancellationToken).ConfigureAwait(false);

        if (found.Count == 0)
            return false;

        await spool
            .KeepAsync(name, file => archive.CopyAsync(One(found, name), keys, file, cancellationToken))
            .ConfigureAwait(false);
        return spool.TryDeliver(name, destination);
    }

    async Task SpoolAsync(string name, CancellationToken cancellationToken)
    {
        var found = One(await archive.FindAsync(name, cancellationToken).ConfigureAwait(false), name);

        await spool.KeepAsync(PlainName(name), async file =>
        {
            var bytes = await archive.CopyAsync(found, keys, file, cancellationToken).ConfigureAwait(false);

            if (bytes != session.SegmentSize)
                throw TomoBackupException.Create(
                    ErrorCode.RepositoryDamaged,
                    $"WAL segment '{name}' in repository '{repository.Name}' has {bytes} bytes, not "
                        + $"{session.SegmentSize}");
        }).ConfigureAwait(false);
    }

    ArchivedFile One(IReadOnlyList<ArchivedFile> found, string name)
        => found.Count switch
        {
            1 => found[0],
            0 => throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"WAL segment '{name}' is missing in repository '{repository.Name}', although this restore needs it",
                hint: "Recovery stops here rather than opening with data missing. Run 'tomo-backup verify'."),
            _ => throw TomoBackupException.Create(
                ErrorCode.WalConflict,
                $"WAL file '{name}' has {found.Count} different contents in repository '{repository.Name}'",
                hint: "Recovery stops here rather than guessing which one is true."),
        };

    static string PlainName(string name)
        => name.EndsWith(PartialSuffix, StringComparison.Ordinal) ? name[..^PartialSuffix.Length] : name;

    sealed class NoTools : IAsyncDisposable
    {
        public static NoTools Instance { get; } = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
