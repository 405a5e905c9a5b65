using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>
/// One worker of a restore: writes files. A file is always new, so nothing that stands in the target is ever followed
/// or replaced.
/// </summary>
sealed class FileRestorer(BackupContents contents, Manifest manifest, IFileSystem files) : IAsyncDisposable
{
    readonly StoredFileReader _reader = new(contents, manifest);

    /// <summary>Creates a file with its content.</summary>
    /// <returns>Its CRC-32C.</returns>
    public async ValueTask<uint> RestoreAsync(FileListLine line, string path, CancellationToken cancellationToken)
    {
        using var file = files.CreateNew(path, ModeOf(line));
        return await _reader.ReadAsync(line, file.Write, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The whole content of a small file.</summary>
    public ValueTask<byte[]> ReadAllAsync(FileListLine line, CancellationToken cancellationToken)
        => _reader.ReadAllAsync(line, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    /// <summary>Whatever the list says, a restored file is the owner's, and at most readable by his group.</summary>
    static UnixFileMode ModeOf(FileListLine line)
        => ((UnixFileMode)Convert.ToInt32(line.Mode, 8) & UnixFileMode.GroupRead)
            | UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
