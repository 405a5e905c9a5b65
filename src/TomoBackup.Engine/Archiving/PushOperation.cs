using TomoBackup.Transfer;

namespace TomoBackup.Archiving;

/// <summary>
/// Pushes for whoever has the <see cref="PushTurn"/>: the file that PostgreSQL asks for, or ahead of it those that
/// wait, several at once, so that the calls to come find them done.
/// </summary>
sealed class PushOperation(ArchivingContext context, PushTurn turns)
{
    const int BatchSize = 256;

    // A process that pushes ahead ends at last, so that a new executable or policy is taken up.
    const int MostBatches = 4;

    // Archiving leaves the other processors to the server. One more than there are: a worker that waits for the disk
    // uses none.
    const int MostWorkers = 4;
    const int WaitingWorkers = 1;

    readonly PushMarkers _markers = turns.Markers;

    /// <summary>Pushes one file and returns when it is durable in every repository.</summary>
    /// <param name="path">Absolute path of the file that PostgreSQL asks for.</param>
    public async Task<PushReport> RunAsync(string path, CancellationToken cancellationToken)
    {
        using var keys = await PushKeys.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        var pusher = keys.NewPusher();

        await using (pusher.ConfigureAwait(false))
        {
            var file = await pusher.PushAsync(Path.GetFileName(path), path, cancellationToken).ConfigureAwait(false);
            var folder = Path.GetDirectoryName(path)!;
            return new PushReport(file, PushPlan.Ahead(file.Name, Ready(folder), _markers.Names(), 1).Count > 0);
        }
    }

    /// <summary>Pushes what waits behind a file until nothing does; ends quietly at the first failure, which is
    /// reported when PostgreSQL asks for that segment.</summary>
    /// <param name="path">Absolute path of the file that PostgreSQL asked for last.</param>
    /// <returns>How many were pushed.</returns>
    public async Task<int> RunAheadAsync(string path, CancellationToken cancellationToken)
    {
        var (folder, asked) = (Path.GetDirectoryName(path)!, Path.GetFileName(path));
        var pushed = _markers.Names().ToHashSet(StringComparer.Ordinal);
        var count = 0;

        using (await turns.TakeNextAsync(cancellationToken).ConfigureAwait(false))
            _markers.Sweep(Ready(folder).ToHashSet(StringComparer.Ordinal));

        for (var batch = 0; batch < MostBatches; batch++)
        {
            using var turn = await turns.TakeNextAsync(cancellationToken).ConfigureAwait(false);
            var ahead = PushPlan.Ahead(asked, Ready(folder), pushed, BatchSize);

            if (ahead.Count == 0 || !await TryPushAsync(ahead, folder, cancellationToken).ConfigureAwait(false))
                break;

            pushed.UnionWith(ahead);
            count += ahead.Count;
        }

        return count;
    }

    async Task<bool> TryPushAsync(
        IReadOnlyList<string> names, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using var keys = await PushKeys.OpenAsync(context, cancellationToken).ConfigureAwait(false);

            await WorkCrew.RunAsync(
                names,
                Math.Min(Math.Min(Environment.ProcessorCount + WaitingWorkers, MostWorkers), names.Count),
                _ => keys.NewPusher(),
                (pusher, name, stop) => PushAheadAsync(pusher, name, $"{folder}/{name}", stop),
                (_, _) => ValueTask.CompletedTask,
                cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TomoBackupException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    async ValueTask PushAheadAsync(WalPusher pusher, string name, string path, CancellationToken cancellationToken)
    {
        if (context.Files.Stat(path) is not { } file)
            return;

        await pusher.PushAsync(name, path, cancellationToken).ConfigureAwait(false);
        _markers.Put(name, file);
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
}

/// <summary>What a push did.</summary>
/// <param name="Requested">The file that PostgreSQL asked for.</param>
/// <param name="MoreWait">True where further segments wait that nobody has pushed ahead.</param>
sealed record PushReport(PushedFile Requested, bool MoreWait);
