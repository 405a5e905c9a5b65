namespace TomoBackup.Storage;

/// <summary>
/// The directory tree of a <see cref="LocalStore"/>. Invariants: an object's parents are durable before it is moved
/// in; no component below the root is a link; and the root is still the directory that was opened, for the mount
/// point of a disk that went away looks like an empty store.
/// </summary>
sealed class LocalFolder
{
    const string Incoming = ".incoming";

    readonly IFileSystem _files;
    readonly string _root;
    readonly UnixFileMode _mode;
    readonly (ulong Device, ulong Inode) _identity;
    readonly Lock _making = new();

    LocalFolder(IFileSystem files, string root, UnixFileMode mode, (ulong Device, ulong Inode) identity)
        => (_files, _root, _mode, _identity) = (files, root, mode, identity);

    public string Address => AddressOf(_root);

    public static LocalFolder Open(IFileSystem files, string root, UnixFileMode mode)
    {
        var path = Path.TrimEndingDirectorySeparator(root);
        return LocalFailure.Guard(AddressOf(path), () => new LocalFolder(files, path, mode, Identify(files, path)));
    }

    public static string AddressOf(string root) => $"file://{root}";

    public string PathOf(ObjectKey key) => $"{_root}/{key.Value}";

    public string DirectoryOf(string prefix) => prefix.Length == 0 ? _root : $"{_root}/{prefix}";

    /// <summary>Throws where the root went away, or where something else is mounted in its place.</summary>
    public void EnsureRoot()
    {
        if (Identify(_files, _root) != _identity)
            throw new StoreException(
                StoreFailure.Unreachable,
                $"store '{Address}': it is not the directory that was opened; another disk may be mounted there");
    }

    /// <summary>True where an object has the key.</summary>
    public bool IsObject(ObjectKey key) => KindOf(key) == FileKind.File;

    /// <summary>True where there are, or were, objects below the key.</summary>
    public bool IsDirectory(ObjectKey key) => KindOf(key) == FileKind.Directory;

    /// <summary>A path for a file that is not finished.</summary>
    public string NewTemporary()
    {
        EnsureRoot();
        _files.CreateDirectory(IncomingPath, _mode);
        return $"{IncomingPath}/{TemporaryName.Next()}";
    }

    public IEnumerable<string> TemporariesUntil(DateTimeOffset newest)
        => _files.Stat(IncomingPath) is { Kind: FileKind.Directory }
            ? _files.List(IncomingPath)
                .Where(entry => entry.Kind == FileKind.File
                    && entry.Name.StartsWith(TemporaryName.Prefix, StringComparison.Ordinal)
                    && entry.Modified <= newest)
                .Select(entry => $"{IncomingPath}/{entry.Name}")
            : [];

    /// <summary>Moves a finished, synced file to its key, durably.</summary>
    public CommitOutcome Publish(string temporary, ObjectKey key)
    {
        CreateParents(key);
        var isOurs = _files.TryRename(temporary, PathOf(key));

        if (!isOurs && ExamineInside(PathOf(key)) is { Kind: not FileKind.File })
            throw new StoreException(
                StoreFailure.Damaged, $"store '{Address}': '{PathOf(key)}' is no file, so no object can stand there");

        // Also when the object is another's: it may have been killed between its rename and its sync, and our caller
        // will rely on what stands there.
        SyncParent(key);
        return isOurs ? CommitOutcome.Stored : CommitOutcome.AlreadyExists;
    }

    /// <summary>Makes the names beside the object durable. False where it has no directory.</summary>
    public bool SyncParent(ObjectKey key)
    {
        EnsureRoot();
        var parent = Path.GetDirectoryName(PathOf(key))!;

        if (parent != _root && _files.Stat(parent) is not { Kind: FileKind.Directory })
            return false;

        _files.SyncDirectory(parent);
        return true;
    }

    string IncomingPath => $"{_root}/{Incoming}";

    // One at a time, so that no writer goes on with a directory that another has made but not yet synced. A process
    // that died right there is covered by the file system: journals commit in order, so the sync of the object's own
    // directory takes the older entries along.
    void CreateParents(ObjectKey key)
    {
        lock (_making)
        {
            var parent = _root;

            foreach (var path in PathsTo(key).SkipLast(1))
            {
                if (ExamineInside(path) is null)
                {
                    _files.CreateDirectory(path, _mode);
                    _files.SyncDirectory(parent);
                }

                parent = path;
            }
        }
    }

    FileKind? KindOf(ObjectKey key)
    {
        FileKind? kind = null;

        foreach (var path in PathsTo(key))
        {
            kind = ExamineInside(path)?.Kind;

            if (kind is null)
                return null;
        }

        return kind;
    }

    FileFacts? ExamineInside(string path)
        => _files.Stat(path) is not { } facts ? null
            : facts.Kind != FileKind.Link ? facts
            : throw new StoreException(
                StoreFailure.Damaged,
                $"store '{Address}': '{path}' is a symbolic link; a store lies in one place");

    IEnumerable<string> PathsTo(ObjectKey key)
    {
        var text = key.Value;

        for (var slash = text.IndexOf('/'); slash >= 0; slash = text.IndexOf('/', slash + 1))
            yield return $"{_root}/{text[..slash]}";

        yield return PathOf(key);
    }

    // The dot makes lstat look through a root that is a link.
    static (ulong Device, ulong Inode) Identify(IFileSystem files, string root)
        => files.Stat($"{root}/.") is { } facts
            ? (facts.Device, facts.Inode)
            : throw new StoreException(StoreFailure.Missing, $"store '{AddressOf(root)}': there is no such directory");
}
