using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Archiving;

/// <summary>One process at a time pushes for a cluster of this host: a second would do the same work again.</summary>
sealed class PushTurn(IFileSystem files, HostState state, string cluster, TimeProvider time)
{
    /// <summary>Between two looks of a call that waits.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for the turn of a call of <c>archive_command</c>. Null where the very file that it asks for was
    /// pushed ahead: the quick way out.</summary>
    /// <param name="path">Absolute path of the file.</param>
    public async Task<IDisposable?> TakeAsync(string path, CancellationToken cancellationToken)
    {
        while (!IsPushed(path))
        {
            if (state.TryLock(cluster, "push") is { } turn)
            {
                if (!IsPushed(path))
                    return turn;

                turn.Dispose();
                return null;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Waits for a turn to push ahead. Leaves a moment to calls that wait: a history file should not wait
    /// for a long backlog.</summary>
    public async Task<IDisposable> TakeNextAsync(CancellationToken cancellationToken)
    {
        IDisposable? turn;

        do
            await Task.Delay(2 * Pause, time, cancellationToken).ConfigureAwait(false);
        while ((turn = state.TryLock(cluster, "push")) is null);

        return turn;
    }

    /// <summary>The right to be the one process that pushes ahead; null where there is one already.</summary>
    public IDisposable? TryBeAhead() => state.TryLock(cluster, "push-ahead");

    /// <summary>What was pushed ahead.</summary>
    public PushMarkers Markers => new(files, $"{state.ClusterFolder(cluster)}/pushed");

    bool IsPushed(string path)
        => files.Stat(path) is { } file && Markers.TryTake(Path.GetFileName(path), file);
}
