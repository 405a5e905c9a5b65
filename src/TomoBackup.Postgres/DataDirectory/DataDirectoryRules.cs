using System.Collections.Frozen;

namespace TomoBackup.Postgres.DataDirectory;

/// <summary>
/// What a physical backup takes from a data directory: the rules of basebackup.c, the same in 15 to 18. Paths are
/// relative to the data directory, joined by '/', tablespaces as <c>pg_tblspc/&lt;oid&gt;/…</c>.
/// </summary>
/// <remarks>
/// What PostgreSQL does not know it copies, so do we: logs, core files, <c>backup_label.old</c>.
/// </remarks>
public static class DataDirectoryRules
{
    /// <summary>
    /// Copied last of all, and read again until its checksum is right: the server rewrites it in place.
    /// </summary>
    public const string ControlFilePath = "global/pg_control";

    const string TablespaceRoot = "pg_tblspc";
    const string WalDirectory = "pg_wal";
    const string TemporaryPrefix = "pgsql_tmp";
    const string RelationCachePrefix = "pg_internal.init";

    /// <summary>Matched by bare name at any level, as the server does.</summary>
    static readonly FrozenSet<string> EmptiedDirectories = FrozenSet.Create(
        StringComparer.Ordinal,
        "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans");

    static readonly FrozenSet<string> RemadeFiles = FrozenSet.Create(
        StringComparer.Ordinal,
        "postgresql.auto.conf.tmp", "current_logfiles.tmp", "postmaster.pid", "postmaster.opts");

    static readonly FrozenSet<string> BackupFiles = FrozenSet.Create(
        StringComparer.Ordinal, "backup_label", "tablespace_map", "backup_manifest");

    /// <summary>
    /// initdb's directories; without some of them the server does not start, or stops at recovery's end.
    /// </summary>
    static readonly string[] InitialDirectories =
    [
        "base", "global", "pg_commit_ts", "pg_dynshmem", "pg_logical", "pg_logical/mappings", "pg_logical/snapshots",
        "pg_multixact", "pg_multixact/members", "pg_multixact/offsets", "pg_notify", "pg_replslot", "pg_serial",
        "pg_snapshots", "pg_stat", "pg_stat_tmp", "pg_subtrans", TablespaceRoot, "pg_twophase", WalDirectory,
        "pg_wal/archive_status", "pg_xact",
    ];

    /// <summary>
    /// Judges one directory entry. A path below something that is emptied or left out is left out as well.
    /// </summary>
    /// <param name="path">Relative to the data directory.</param>
    /// <param name="kind">What the entry is, without following links.</param>
    /// <param name="unlogged">
    /// <see cref="UnloggedRelations"/> of the same directory; it matters in relation directories only.
    /// </param>
    public static PathDecision Decide(string path, PathKind kind, IReadOnlySet<uint> unlogged)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);

        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            if (DecideByName(path.AsSpan(0, slash), PathKind.Directory) is { } above)
                return PathDecision.Skip(above.Reason);

        if (DecideByName(path, kind) is { } decision)
            return decision;

        if (DecideAsRelation(path, unlogged) is { } reason)
            return PathDecision.Skip(reason);

        return kind switch
        {
            PathKind.SymbolicLink when !IsTablespace(path) => PathDecision.Skip(SkipReason.ForeignLink),
            PathKind.Special => PathDecision.Skip(SkipReason.SpecialFile),
            _ => PathDecision.Copy,
        };
    }

    /// <summary>
    /// True where the files of a directory are relations: <c>global</c> and each database's directory.
    /// </summary>
    public static bool IsRelationDirectory(ReadOnlySpan<char> directory)
    {
        if (directory is "global")
            return true;

        var (parent, name) = Split(directory);

        if (!IsDigits(name))
            return false;

        if (parent is "base")
            return true;

        var (tablespace, version) = Split(parent);
        return version.StartsWith("PG_") && IsTablespace(tablespace);
    }

    /// <summary>The relations of one directory that have an init fork; give it all names of that directory.</summary>
    public static IReadOnlySet<uint> UnloggedRelations(IEnumerable<string> namesInDirectory)
    {
        var numbers = new HashSet<uint>();

        foreach (var name in namesInDirectory)
            if (RelationFileName.TryParse(name, out var file)
                && file is { Fork: RelationFork.Init, Segment: 0, IsTemporary: false })
                numbers.Add(file.Number);

        return numbers;
    }

    /// <summary>Directories that a restore must leave behind even where a backup recorded none of them.</summary>
    public static IReadOnlyList<string> RequiredDirectories(int majorVersion)
        => majorVersion >= 17 ? [.. InitialDirectories, "pg_wal/summaries"] : InitialDirectories;

    static PathDecision? DecideByName(ReadOnlySpan<char> path, PathKind kind)
    {
        var name = Split(path).Name;

        if (name.StartsWith(TemporaryPrefix) || name is ".DS_Store")
            return PathDecision.Skip(SkipReason.TemporaryFile);

        if (name.StartsWith(RelationCachePrefix) || Contains(RemadeFiles, name))
            return PathDecision.Skip(SkipReason.RemadeByServer);

        if (Contains(BackupFiles, name))
            return PathDecision.Skip(SkipReason.BelongsToBackup);

        if (kind is not (PathKind.Directory or PathKind.SymbolicLink))
            return null;

        if (path is WalDirectory)
            return PathDecision.Empty(SkipReason.WriteAheadLog);

        return Contains(EmptiedDirectories, name) ? PathDecision.Empty(SkipReason.RemadeByServer) : null;
    }

    static SkipReason? DecideAsRelation(string path, IReadOnlySet<uint> unlogged)
    {
        var (directory, name) = Split(path);

        if (!IsRelationDirectory(directory) || !RelationFileName.TryParse(name, out var file))
            return null;

        if (file.IsTemporary)
            return SkipReason.TemporaryRelation;

        return file.Fork != RelationFork.Init && unlogged.Contains(file.Number) ? SkipReason.UnloggedRelation : null;
    }

    static bool IsTablespace(ReadOnlySpan<char> path)
    {
        var (parent, name) = Split(path);
        return parent is TablespaceRoot && IsDigits(name);
    }

    static bool IsDigits(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExceptInRange('0', '9');

    static bool Contains(FrozenSet<string> names, ReadOnlySpan<char> name)
        => names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);

    static PathParts Split(ReadOnlySpan<char> path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? new PathParts([], path) : new PathParts(path[..slash], path[(slash + 1)..]);
    }

    readonly ref struct PathParts(ReadOnlySpan<char> directory, ReadOnlySpan<char> name)
    {
        public ReadOnlySpan<char> Name { get; } = name;

        ReadOnlySpan<char> Directory { get; } = directory;

        public void Deconstruct(out ReadOnlySpan<char> directory, out ReadOnlySpan<char> name)
        {
            directory = Directory;
            name = Name;
        }
    }
}
