namespace TomoBackup.Storage;

/// <summary>
/// Files and directories of this machine. Everything that must survive a power cut goes through here, because the
/// base library swallows fsync errors on Linux (facts: reliability 0.1), and because a test replaces it to make the
/// n-th operation fail. Paths are absolute. Failures are <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/> and name the path; absence is a value.
/// </summary>
public interface IFileSystem
{
    /// <summary>Opens for reading, without following a symbolic link at the end. Null where there is no file.</summary>
    IFileReader? OpenRead(string path);

    /// <summary>Creates a file that must not exist yet (O_EXCL, O_NOFOLLOW), with exactly this mode.</summary>
    IFileWriter CreateNew(string path, UnixFileMode mode);

    /// <summary>Like <see cref="CreateNew"/>, for a file that need not survive a power cut: nothing hurries its
    /// content to the disk.</summary>
    IFileWriter CreateScratch(string path, UnixFileMode mode);

    /// <summary>What stands at this path, links not followed. Null where nothing does.</summary>
    FileFacts? Stat(string path);

    /// <summary>The entries of a directory, in no order, links not followed; entries that vanish meanwhile are left
    /// out. A link in the directory's own place is followed. A name that is not UTF-8 is an error, never left out.
    /// Throws <see cref="DirectoryNotFoundException"/> where there is no directory.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="prefix">Only names that begin with it; the others cost next to nothing.</param>
    IReadOnlyList<FileFacts> List(string directory, string prefix = "");

    /// <summary>Creates one directory with exactly this mode; the parent must exist. False where a directory stood
    /// there already (its mode is left alone).</summary>
    bool CreateDirectory(string path, UnixFileMode mode);

    /// <summary>Creates a symbolic link at a path where nothing stands.</summary>
    void CreateSymbolicLink(string path, string target);

    /// <summary>Renames a file or directory in one step and never replaces anything (renameat2 RENAME_NOREPLACE).
    /// False where something stands at the new path; across file systems it is an error, not a copy.</summary>
    bool TryRename(string from, string to);

    /// <summary>Renames a file over whatever file stands at the new path, in one step.</summary>
    void Replace(string from, string to);

    /// <summary>Makes the directory's entries durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Makes everything on the file system that holds this path durable (syncfs).</summary>
    void SyncFileSystem(string path);

    /// <summary>Removes a file or a link; what is not there is removed already.</summary>
    void DeleteFile(string path);

    /// <summary>Removes an empty directory; what is not there is removed already.</summary>
    void DeleteDirectory(string path);

    /// <summary>Sets permission bits of a file or directory.</summary>
    void SetMode(string path, UnixFileMode mode);

    /// <summary>Sets owner and group of a file, directory or link itself.</summary>
    void SetOwner(string path, uint user, uint group);

    /// <summary>Takes an exclusive advisory lock (flock) on a file, created when missing with mode 0600. Null where
    /// another process holds it; the lock ends with the handle or the process.</summary>
    IDisposable? TryLock(string path);

    /// <summary>Bytes that an unprivileged user may still write on the file system that holds this path.</summary>
    long FreeBytes(string path);

    /// <summary>How full the file system is that holds this path.</summary>
    SpaceFacts Space(string path);
}

/// <summary>An open file, read at positions; may be used from several threads.</summary>
public interface IFileReader : IDisposable
{
    /// <summary>Bytes, as the file is now.</summary>
    long Length { get; }

    /// <summary>Reads up to the buffer's length at an offset; fewer bytes only at the end of the file.</summary>
    int Read(long offset, Span<byte> buffer);
}

/// <summary>A new file being written.</summary>
public interface IFileWriter : IDisposable
{
    /// <summary>Writes all bytes at an offset.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts or extends (with zeros) to this many bytes.</summary>
    void SetLength(long bytes);

    /// <summary>Returns when content and length are durable (fsync). After a failure the file must be given up: a
    /// second fsync would lie.</summary>
    void Sync();
}

/// <summary>The kinds of directory entry that a backup tells apart.</summary>
public enum FileKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A socket, pipe or device.</summary>
    Special,
}

/// <summary>One directory entry as lstat saw it.</summary>
/// <param name="Name">File name without its directory.</param>
/// <param name="Kind">What it is; links are not followed.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Modified">Last change of the content.</param>
/// <param name="User">Owner's number.</param>
/// <param name="Group">Group's number.</param>
/// <param name="Device">Number of the device that holds it.</param>
/// <param name="Inode">Number on that device.</param>
/// <param name="LinkTarget">Where a link points; null for anything else.</param>
public sealed record FileFacts(
    string Name,
    FileKind Kind,
    long Length,
    UnixFileMode Mode,
    DateTimeOffset Modified,
    uint User,
    uint Group,
    ulong Device,
    ulong Inode,
    string? LinkTarget)
{
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>True where its mode lets anybody but its owner read, write or enter it: no place for secrets.</summary>
    public bool IsOpenToOthers => (Mode & Others) != 0;
}

/// <summary>How full a file system is.</summary>
/// <param name="UsedBytes">Bytes in use.</param>
/// <param name="FreeBytes">Bytes that an unprivileged user may still write.</param>
public sealed record SpaceFacts(long UsedBytes, long FreeBytes)
{
    /// <summary>In percent, as <c>df</c> counts: what only root may write is left out.</summary>
    public double UsedPercent => UsedBytes + FreeBytes > 0 ? 100.0 * UsedBytes / (UsedBytes + FreeBytes) : 0;
}
