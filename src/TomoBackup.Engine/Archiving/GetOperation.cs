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
    // Recovery itself has the rest of the machine.
    const int MostWorkers = 4;

    const string PartialSuffix = ".partial";

    /// <summary>Delivers a file that was not fetched ahead.</summary>
    /// <param name="plan">What to do about it.</param>
    /// <param name="name">What PostgreSQL asks for.</param>
    /// <param name="destination">Where it wants it, absolute.</param>
    /// <returns>True for delivered, false for "there is none".</returns>
    public async Task<bool> RunAsync(
        GetPlan plan, string name, string destination, CancellationToken cancellationToken)
    {
        if (plan is GetPlan.Fetch fetch)
            await SpoolAsync(fetch.ArchivedName, cancellationToken).ConfigureAwait(false);
        else if (plan is not GetPlan.Probe || !await TrySpoolAsync(name, cancellationToken).ConfigureAwait(false))
            return false;

        return spool.TryDeliver(name, destination);
    }

    /// <summary>Fetches what recovery will ask for next, and goes on while recovery takes it away. Ends quietly at the
    /// first failure: it is reported when PostgreSQL asks for that segment.</summary>
    /// <param name="name">The segment that recovery asked for last.</param>
    /// <returns>How many were fetched.</returns>
    public async Task<int> RunAheadAsync(string name, CancellationToken cancellationToken)
    {
        var fetched = new List<string>();

        try
        {
            while (GetPlan.Decide(session, name) is GetPlan.Fetch plan)
            {
                var missing = plan.Ahead.Where(n => !spool.Has(PlainName(n))).ToList();

                if (missing.Count == 0)
                    break;

                await SpoolAsync(missing, cancellationToken).ConfigureAwait(false);
                fetched.AddRange(missing);

                // What is gone again was delivered: there recovery is now.
                if (fetched.FindLast(n => !spool.Has(PlainName(n))) is not { } delivered)
                    break;

                name = PlainName(delivered);
            }
        }
        catch (Exception e) when (e is TomoBackupException or IOException or UnauthorizedAccessException)
        {
        }

        return fetched.Count;
    }

    Task SpoolAsync(List<string> names, CancellationToken cancellationToken)
        => WorkCrew.RunAsync(
            names,
            Math.Min(Math.Min(Environment.ProcessorCount, MostWorkers), names.Count),
            _ => NoTools.Instance,
            async (_, name, stop) => await SpoolAsync(name, stop).ConfigureAwait(false),
            (_, _) => ValueTask.CompletedTask,
            cancellationToken);

    async Task<bool> TrySpoolAsync(string name, CancellationToken cancellationToken)
    {
        var found = await archive.FindAsync(name, cancellationToken).ConfigureAwait(false);

        if (found.Count == 0)
            return false;

        var content = await archive
            .ReadHistoryAsync(One(found, name), keys, session.IdEpoch, cancellationToken).ConfigureAwait(false);

        await spool.KeepAsync(name, file =>
        {
            file.Write(0, content);
            return Task.CompletedTask;
        }).ConfigureAwait(false);

        return true;
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
