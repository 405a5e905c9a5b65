using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>
/// Walks a data directory and its tablespaces and sorts every entry by PostgreSQL's rules. What vanishes during the
/// walk is left out: the server dropped it, and replay drops it again.
/// </summary>
sealed class DataDirectoryWalk(IFileSystem files, string root, string tablespaceVersion)
{
    readonly List<PlannedFile> _files = [];
    readonly List<PlannedDirectory> _directories = [];
    readonly SortedDictionary<string, int> _skipped = new(StringComparer.Ordinal);
    readonly HashSet<string> _tablespaces = new(StringComparer.Ordinal);

    /// <summary>Walks. The plan's files are largest first; pg_control is not among them.</summary>
    /// <param name="tablespaceVersion">The one folder of a tablespace that is this server's:
    /// <c>PG_18_202506291</c>.</param>
    /// <param name="blocksPerFile">Blocks in a full relation file.</param>
    public static BackupPlan Plan(
        IFileSystem files,
        string root,
        string tablespaceVersion,
        uint blocksPerFile,
        IReadOnlyList<string> configFiles)
    {
        var walk = new DataDirectoryWalk(files, root, tablespaceVersion);
        walk.NoteTablespaces();
        walk.Visit("", root, blocksPerFile);
        walk._files.Sort(static (a, b) => b.Length.CompareTo(a.Length));

        return new BackupPlan(
            walk._files,
            walk._directories,
            [.. configFiles.Select(walk.ConfigFile).OfType<PlannedFile>()],
            walk._skipped);
    }

    void NoteTablespaces()
    {
        foreach (var entry in files.List($"{root}/pg_tblspc"))
            if (entry is { Kind: FileKind.Link, LinkTarget: { } target })
                _tablespaces.Add(target.TrimEnd('/'));
    }

    void Visit(string directory, string source, uint blocksPerFile)
    {
        IReadOnlyList<FileFacts> entries;

        try
        {
            entries = files.List(source);
        }
        catch (DirectoryNotFoundException) when (directory.Length > 0)
        {
            return;
        }

        var isRelations = DataDirectoryRules.IsRelationDirectory(directory);
        var unlogged = isRelations
            ? DataDirectoryRules.UnloggedRelations(entries.Select(e => e.Name))
            : EmptySet;

        foreach (var entry in entries)
        {
            if (entry.Name.Contains('\uFFFD', StringComparison.Ordinal))
                throw TomoBackupException.Create(
                    ErrorCode.Refused,
                    $"a file name in '{source}' is not UTF-8: '{entry.Name}'",
                    hint: "PostgreSQL made no such file. Rename or remove it, then run the backup again.");

            var path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
            var place = $"{source}/{entry.Name}";
            var decision = DataDirectoryRules.Decide(path, KindOf(entry.Kind), unlogged);

            if (decision.Action == PathAction.Skip || _tablespaces.Contains(place))
                Skip(decision.Reason);
            else if (decision.Action == PathAction.StoreEmptyDirectory)
                _directories.Add(new PlannedDirectory(path, DirectoryMode(entry)));
            else
                Take(entry, path, place, isRelations, blocksPerFile);
        }
    }

    void Take(FileFacts entry, string path, string place, bool isRelation, uint blocksPerFile)
    {
        switch (entry.Kind)
        {
            case FileKind.Directory:
                _directories.Add(new PlannedDirectory(path, DirectoryMode(entry)));
                Visit(path, place, blocksPerFile);
                break;

            case FileKind.Link:
                VisitTablespace(path, entry.LinkTarget!, blocksPerFile);
                break;

            case FileKind.File when path != DataDirectoryRules.ControlFilePath:
                _files.Add(new PlannedFile(
                    path, place, entry.Length, entry.Mode, entry.Modified,
                    isRelation ? FirstBlock(entry.Name, blocksPerFile) : null));
                break;
        }
    }

    /// <summary>Other folders there belong to clusters of other versions.</summary>
    void VisitTablespace(string path, string target, uint blocksPerFile)
    {
        var inside = $"{path}/{tablespaceVersion}";
        var place = $"{target.TrimEnd('/')}/{tablespaceVersion}";

        if (files.Stat(place) is { Kind: FileKind.Directory } entry)
        {
            _directories.Add(new PlannedDirectory(inside, DirectoryMode(entry)));
            Visit(inside, place, blocksPerFile);
        }
    }

    PlannedFile? ConfigFile(string path)
        => files.Stat(path) is { Kind: FileKind.File } entry
            ? new PlannedFile(path, path, entry.Length, entry.Mode, entry.Modified, FirstBlock: null)
            : null;

    void Skip(SkipReason reason)
    {
        var name = reason.ToString();
        _skipped[name] = _skipped.GetValueOrDefault(name) + 1;
    }

    static uint? FirstBlock(string name, uint blocksPerFile)
        => RelationFileName.TryParse(name, out var file) ? (uint)file.Segment * blocksPerFile : null;

    static UnixFileMode DirectoryMode(FileFacts entry)
        => entry.Kind == FileKind.Directory
            ? entry.Mode
            : UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    static PathKind KindOf(FileKind kind)
        => kind switch
        {
            FileKind.File => PathKind.File,
            FileKind.Directory => PathKind.Directory,
            FileKind.Link => PathKind.SymbolicLink,
            _ => PathKind.Special,
        };

    static readonly HashSet<uint> EmptySet = [];
}
