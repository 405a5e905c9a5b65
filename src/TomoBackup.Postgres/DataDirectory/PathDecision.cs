namespace TomoBackup.Postgres.DataDirectory;

/// <summary>What a directory entry is, without following links.</summary>
public enum PathKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link, wherever it leads.</summary>
    SymbolicLink,

    /// <summary>A socket, pipe or device.</summary>
    Special,
}

/// <summary>What a physical backup does with a path.</summary>
public enum PathAction
{
    /// <summary>Takes the file; of a directory, stores it and goes into it; of a tablespace link, follows it.</summary>
    Copy,

    /// <summary>Stores a plain directory (also in place of a link) and does not look inside.</summary>
    StoreEmptyDirectory,

    /// <summary>Leaves it out.</summary>
    Skip,
}

/// <summary>Why a path is left out or emptied.</summary>
public enum SkipReason
{
    /// <summary>It is not left out.</summary>
    None,

    /// <summary>The server makes it anew at each start, or it speaks of a running process.</summary>
    RemadeByServer,

    /// <summary>A file of this very name belongs to the backup itself, not to the cluster.</summary>
    BelongsToBackup,

    /// <summary>Temporary files of queries, or droppings of the operating system.</summary>
    TemporaryFile,

    /// <summary>A temporary relation of one session.</summary>
    TemporaryRelation,

    /// <summary>Unlogged: the server rebuilds it from the init fork, which is kept.</summary>
    UnloggedRelation,

    /// <summary>WAL comes from the archive.</summary>
    WriteAheadLog,

    /// <summary>
    /// PostgreSQL follows links only from <c>pg_tblspc</c>; the caller should say that this one is lost.
    /// </summary>
    ForeignLink,

    /// <summary>Neither file nor directory; the caller should say that it is lost.</summary>
    SpecialFile,
}

/// <summary>An action and its reason, so that a plan can be explained line by line.</summary>
public readonly record struct PathDecision(PathAction Action, SkipReason Reason)
{
    /// <summary>Take it.</summary>
    public static PathDecision Copy => new(PathAction.Copy, SkipReason.None);

    /// <summary>Store the directory without its content.</summary>
    public static PathDecision Empty(SkipReason reason) => new(PathAction.StoreEmptyDirectory, reason);

    /// <summary>Leave it out.</summary>
    public static PathDecision Skip(SkipReason reason) => new(PathAction.Skip, reason);
}
