using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Archiving;

/// <summary>
/// Segments that were fetched ahead and verified. It is not synced: after a restart of the machine its content could be
/// anything, so its folder carries the id of this boot, and another boot's is thrown away.
/// </summary>
sealed class WalSpool(IFileSystem files, string folder, string bootId)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    string Current => $"{folder}/spool-{bootId}";

    /// <summary>True where a segment was fetched ahead.</summary>
    public bool Has(string name) => files.Stat(PathOf(name)) is not null;

    /// <summary>Moves a fetched segment to where PostgreSQL wants it; false where there is none.</summary>
    public bool TryDeliver(string name, string destination)
    {
        if (!Has(name))
            return false;

        files.Replace(PathOf(name), destination);
        return true;
    }

    /// <summary>Keeps a file that is filled with verified bytes; it appears whole or not at all.</summary>
    public async Task KeepAsync(string name, Func<IFileWriter, Task> fill)
    {
        files.CreateDirectory(Current, Private | UnixFileMode.UserExecute);
        var temporary = $"{PathOf(name)}.{Environment.ProcessId}";
        files.DeleteFile(temporary);

        try
        {
            using (var file = files.CreateScratch(temporary, Private))
                await fill(file).ConfigureAwait(false);

            files.Replace(temporary, PathOf(name));
        }
        finally
        {
            // Renamed it is gone from here already.
            files.DeleteFile(temporary);
        }
    }

    /// <summary>Waits for a file that a process may be fetching ahead, and moves it to where PostgreSQL wants it.
    /// False where it is not there and nobody fetches.</summary>
    public async Task<bool> WaitAsync(
        string name, string destination, TimeProvider time, CancellationToken cancellationToken)
    {
        while (!TryDeliver(name, destination))
        {
            using (var free = TryBeAhead())
                if (free is not null || files.Stat(folder) is null)
                    return TryDeliver(name, destination);

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>True where most of these are not there yet, and nobody fetches.</summary>
    public bool IsLow(IReadOnlyList<string> names)
    {
        var missing = names.Count(name => !Has(name));

        if (missing == 0 || 2 * missing < names.Count)
            return false;

        using var free = TryBeAhead();
        return free is not null;
    }

    /// <summary>The right to be the one process that fetches ahead; null where there is one already.</summary>
    public IDisposable? TryBeAhead() => RecoverySession.TryLock(files, folder);

    /// <summary>Throws away what earlier boots left, and what recovery is past.</summary>
    /// <param name="name">The segment that recovery asked for last.</param>
    public void Sweep(string name)
    {
        foreach (var entry in files.List(folder, "spool-"))
            if (entry.Kind == FileKind.Directory && entry.Name != $"spool-{bootId}")
                files.DeleteTree($"{folder}/{entry.Name}");

        if (files.Stat(Current) is null)
            return;

        foreach (var entry in files.List(Current))
            if (string.CompareOrdinal(entry.Name, name) < 0)
                files.DeleteFile(PathOf(entry.Name));
    }

    string PathOf(string name) => $"{Current}/{name}";
}
