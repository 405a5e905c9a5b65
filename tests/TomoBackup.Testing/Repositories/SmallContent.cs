using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Summaries;
using TomoBackup.Testing.Tiny;

namespace TomoBackup.Testing.Repositories;

/// <summary>The files of the backups of a <see cref="SmallRepository"/>: small ones that share a frame, an empty one,
/// one of three frames, one outside the data directory.</summary>
static class SmallContent
{
    const int PageBytes = 8192;
    const string Large = "base/5/1259";
    const string Small = "base/5/2619";

    public static PlainBackup WithoutTablespace()
        => new(
            null!, null!,
            ["base", "base/5", "global", "pg_wal"],
            new Dictionary<string, byte[]>
            {
                ["PG_VERSION"] = "18\n"u8.ToArray(),
                [Large] = Pages(75),
                [Small] = Pages(2),
                ["base/5/2620"] = [],
                ["global/pg_control"] = TinyCluster.ReadControlFile(),
            },
            new Dictionary<string, byte[]> { ["/etc/postgresql/pg_hba.conf"] = "local all all peer\n"u8.ToArray() });

    public static PlainBackup WithTablespace(string version)
    {
        var plain = WithoutTablespace();

        return plain with
        {
            Directories =
            [
                .. plain.Directories, $"pg_tblspc/16400/{version}", $"pg_tblspc/16400/{version}/5",
            ],
            Files = new Dictionary<string, byte[]>(plain.Files) { [$"pg_tblspc/16400/{version}/5/16401"] = Pages(3) },
        };
    }

    /// <summary>A later state: two pages of the large file are others and it has grown by one, half of the small one is
    /// another, so that two maps share a frame; one file is new, the rest is as it was.</summary>
    public static PlainBackup Changed(PlainBackup before)
        => before with
        {
            Files = new Dictionary<string, byte[]>(before.Files)
            {
                [Large] = WithPages([.. before.Files[Large], .. new byte[PageBytes]], 3, 40, 75),
                [Small] = WithPages([.. before.Files[Small]], 1),
                ["base/5/3000"] = Pages(1),
            },
        };

    /// <summary>What WAL says of that; of the page that was added it says nothing.</summary>
    public static ChangedBlocks Changes()
    {
        var changes = new ChangedBlocks();
        var large = changes.Of(new RelationForkId(RelationForkId.DefaultTablespace, 5, 1259, RelationFork.Main));
        large.Add(3);
        large.Add(40);
        changes.Of(new RelationForkId(RelationForkId.DefaultTablespace, 5, 2619, RelationFork.Main)).Add(1);
        return changes;
    }

    static byte[] WithPages(byte[] bytes, params int[] blocks)
    {
        foreach (var block in blocks)
            bytes.AsSpan(block * PageBytes, PageBytes).Fill((byte)(0x80 + block));

        return bytes;
    }

    /// <summary>Pages that differ and compress well.</summary>
    static byte[] Pages(int count)
    {
        var bytes = new byte[count * PageBytes];

        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i / PageBytes);

        return bytes;
    }
}
