using TomoBackup.Postgres.DataDirectory;

namespace TomoBackup.Postgres.Summaries;

/// <summary>A fork of a relation as WAL names it.</summary>
/// <param name="Tablespace">Oid; 1663 is <c>base</c>, 1664 <c>global</c>.</param>
/// <param name="Database">Oid; 0 for relations that all databases share.</param>
/// <param name="Relation">The file's number; 0 stands for the whole database.</param>
/// <param name="Fork">Which of its parallel files.</param>
public readonly record struct RelationForkId(uint Tablespace, uint Database, uint Relation, RelationFork Fork)
{
    /// <summary>pg_tablespace.dat: the oid of pg_default, whose place is <c>base</c>.</summary>
    public const uint DefaultTablespace = 1663;

    /// <summary>pg_tablespace.dat: the oid of pg_global.</summary>
    public const uint GlobalTablespace = 1664;

    /// <summary>Reads the path of a relation's file relative to the data directory: <c>base/5/16384.2</c>,
    /// <c>global/1262</c>, <c>pg_tblspc/16400/PG_18_202506291/5/16401_vm</c>.</summary>
    /// <param name="segment">Which of the fork's files.</param>
    public static bool TryParse(ReadOnlySpan<char> path, out RelationForkId id, out int segment)
    {
        (id, segment) = (default, 0);
        var slash = path.LastIndexOf('/');

        if (slash < 0
            || !DataDirectoryRules.IsRelationDirectory(path[..slash])
            || !RelationFileName.TryParse(path[(slash + 1)..], out var file)
            || file.IsTemporary)
            return false;

        segment = file.Segment;
        var directory = path[..slash];

        if (directory is "global")
        {
            id = new RelationForkId(GlobalTablespace, 0, file.Number, file.Fork);
            return true;
        }

        const string Tablespaces = "pg_tblspc/";
        var database = uint.TryParse(directory[(directory.LastIndexOf('/') + 1)..], out var oid) ? oid : 0;
        var tablespace = directory.StartsWith("base/")
            ? DefaultTablespace
            : uint.TryParse(directory[Tablespaces.Length..].ToString().Split('/')[0], out var outside)
                ? outside
                : 0;

        id = new RelationForkId(tablespace, database, file.Number, file.Fork);
        return database != 0 && tablespace != 0;
    }
}
