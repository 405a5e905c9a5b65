using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Transfer;

namespace TomoBackup.Archiving;

/// <summary>
/// <c>archive_command</c>: returns when the file that PostgreSQL asks for is durable in every repository. Pushes
/// further waiting segments on the way, several at once, so that the calls to come find them done.
/// </summary>
sealed class PushOperation(ArchivingContext context)
{
    const int LookAhead = 16;
    static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    PushMarkers Markers => new(context.Files, $"{context.State.ClusterFolder(context.Lineage.Cluster)}/pushed");

    /// <summary>True where an earlier call has pushed this very file ahead: the fast way out.</summary>
    public static bool IsDone(IFileSystem files, HostState state, string cluster, string path)
        => files.Stat(path) is { } file
            && new PushMarkers(files, $"{state.ClusterFolder(cluster)}/pushed").TryTake(Path.GetFileName(path), file);

    /// <summary>Pushes.</summary>
    /// <param name="path">Absolute path of the file that PostgreSQL asks for.</param>
    public async Task<PushReport> RunAsync(string path, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        var name = Path.GetFileName(path);
        var folder = Path.GetDirectoryName(path)!;
        var plan = PushPlan.Decide(name, Ready(folder), Markers.Names(), LookAhead);

        using var idKey = new PushKeys(context.State, context.Lineage).ReadIdKey();
        var opener = new EpochOpener(
            context.Repositories,
            context.Signer,
            context.State.OpenEpochs(context.Lineage.Id),
            context.Entropy,
            context.Time);
        var (epoch, key) = await new WalEpochs(opener, context.State, context.Lineage, context.Time)
            .CurrentAsync(cancellationToken).ConfigureAwait(false);

        using (key)
            return await PushAsync(plan, folder, new Keys(idKey, epoch, key), cancellationToken).ConfigureAwait(false);
    }

    async Task<PushReport> PushAsync(PushPlan plan, string folder, Keys keys, CancellationToken cancellationToken)
    {
        PushedFile? requested = null;
        var ahead = 0;

        await WorkCrew.RunAsync(
            (IReadOnlyList<string>)[plan.Requested, .. plan.Ahead],
            Math.Min(Environment.ProcessorCount, plan.Ahead.Count + 1),
            _ => new WalPusher(context, keys.Id, keys.Epoch, keys.Key),
            async (pusher, name, stop) =>
            {
                if (name == plan.Requested)
                    requested = await pusher.PushAsync(name, $"{folder}/{name}", stop).ConfigureAwait(false);
                else if (await PushAheadAsync(pusher, name, $"{folder}/{name}", stop).ConfigureAwait(false))
                    Interlocked.Increment(ref ahead);
            },
            (_, _) => ValueTask.CompletedTask,
            cancellationToken).ConfigureAwait(false);

        return new PushReport(requested!, ahead);
    }

    /// <summary>What fails here fails again, and is reported, when PostgreSQL asks for it.</summary>
    async Task<bool> PushAheadAsync(WalPusher pusher, string name, string path, CancellationToken cancellationToken)
    {
        try
        {
            if (context.Files.Stat(path) is not { } file)
                return false;

            await pusher.PushAsync(name, path, cancellationToken).ConfigureAwait(false);
            Markers.Put(name, file);
            return true;
        }
        catch (Exception e) when (e is TomoBackupException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    IEnumerable<string> Ready(string folder)
    {
        const string Suffix = ".ready";

        try
        {
            return context.Files.List($"{folder}/archive_status")
                .Where(f => f.Name.EndsWith(Suffix, StringComparison.Ordinal))
                .Select(f => f.Name[..^Suffix.Length]);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        IDisposable? turn;

        while ((turn = context.State.TryLock(context.Lineage.Cluster, "push")) is null)
            await Task.Delay(LockPause, context.Time, cancellationToken).ConfigureAwait(false);

        return turn;
    }

    sealed record Keys(IdKey Id, EpochId Epoch, EpochKey Key);
}

/// <summary>What a push did.</summary>
/// <param name="Requested">The file that PostgreSQL asked for.</param>
/// <param name="Ahead">How many more were pushed.</param>
sealed record PushReport(PushedFile Requested, int Ahead);
