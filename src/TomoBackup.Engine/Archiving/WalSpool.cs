using TomoBackup.Storage;

namespace TomoBackup.Archiving;

/// <summary>
/// Segments that were fetched ahead and verified. It is not synced: after a restart of the machine its content could be
/// anything, so its folder carries the id of this boot, and another boot's is thrown away.
/// </summary>
sealed class WalSpool(IFileSystem files, string folder, string bootId)
{
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

    /// <summary>Throws away what earlier boots left.</summary>
    public void Sweep()
    {
        foreach (var entry in files.List(folder))
            if (entry.Kind == FileKind.Directory
                && entry.Name.StartsWith("spool-", StringComparison.Ordinal)
                && entry.Name != $"spool-{bootId}")
                files.DeleteTree($"{folder}/{entry.Name}");
    }

    string PathOf(string name) => $"{Current}/{name}";
}
