using System.Buffers.Binary;
using System.IO.Compression;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Pages;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Testing.Tiny;

/// <summary>
/// A data directory that no server runs on: files of every kind that a backup tells apart, pages with right checksums,
/// a tablespace, WAL that goes on when it is told to. A fault test copies it hundreds of times in seconds.
/// </summary>
public sealed class TinyCluster
{
    const string TablespaceOid = "16400";

    /// <summary>Where pg_control of 18 has its checksum.</summary>
    const int ControlChecksumAt = 292;

    /// <summary>Microseconds since 2000, as WAL counts.</summary>
    const long Noon = 826_286_400_000_000;

    readonly WalBuilder _wal;
    readonly Dictionary<string, byte[]> _files = [];
    readonly Dictionary<string, byte[]> _segments = [];
    int _finished;

    TinyCluster(string root, ulong firstSegment)
        => (DataDirectory, TablespaceDirectory, _wal)
            = ($"{root}/data", $"{root}/tablespace", new WalBuilder(1, firstSegment));

    public string DataDirectory { get; }

    public string TablespaceDirectory { get; }

    /// <summary>What a restore has to give back, by path in the data directory; pg_control apart.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>Finished WAL segments by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Segments => _segments;

    public string TablespaceMap => $"{TablespaceOid} {TablespaceDirectory}\n";

    public uint Oid => uint.Parse(TablespaceOid, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Writes one below a folder; its WAL begins with segment 3.</summary>
    public static TinyCluster Create(string root)
    {
        var cluster = new TinyCluster(root, firstSegment: 3);
        cluster.WriteFiles();
        return cluster;
    }

    /// <summary>The same files, whose WAL goes on at the next segment: for one of many runs from the same
    /// point.</summary>
    public TinyCluster Again()
    {
        var copy = new TinyCluster(Path.GetDirectoryName(DataDirectory)!, 3 + (ulong)_wal.Count);

        foreach (var (path, content) in _files)
            copy._files.Add(path, content);

        foreach (var (name, content) in _segments)
            copy._segments.Add(name, content);

        return copy;
    }

    /// <summary>Writes some WAL and returns where it begins.</summary>
    public Lsn Write() => _wal.Filler(100);

    /// <summary>Where the next record would stand.</summary>
    public Lsn Position => _wal.Position;

    /// <summary>Commits, ends the current segment and returns the path of its file, which waits to be
    /// archived.</summary>
    public string FinishSegment()
    {
        _wal.Commit(Noon + (long)_wal.Position.Value);
        _wal.Switch();

        var name = _wal.Segment(_finished).Name(WalBuilder.Size);
        var path = $"{DataDirectory}/pg_wal/{name}";
        _segments[name] = _wal[_finished++];
        File.WriteAllBytes(path, _segments[name]);
        File.WriteAllText($"{DataDirectory}/pg_wal/archive_status/{name}.ready", "");
        return path;
    }

    /// <summary>What PostgreSQL does when the archiver says that a file is safe.</summary>
    public static void Acknowledge(string path)
    {
        var status = $"{Path.GetDirectoryName(path)}/archive_status/{Path.GetFileName(path)}";
        File.Delete($"{status}.ready");
        File.WriteAllText($"{status}.done", "");
    }

    /// <summary>Name of the segment that holds a position.</summary>
    public static string SegmentOf(Lsn position)
        => TomoBackup.Postgres.Wal.WalSegment.Containing(position, 1, WalBuilder.Size).Name(WalBuilder.Size);

    void WriteFiles()
    {
        var control = ReadControlFile();
        var version = $"PG_18_{ControlFile.Parse(control).CatalogVersion}";

        Directory.CreateDirectory($"{DataDirectory}/pg_wal/archive_status");
        Directory.CreateDirectory($"{DataDirectory}/pg_tblspc");
        Directory.CreateDirectory(TablespaceDirectory);
        File.CreateSymbolicLink($"{DataDirectory}/pg_tblspc/{TablespaceOid}", TablespaceDirectory);

        Write("PG_VERSION", "18\n"u8.ToArray());
        Write("postgresql.conf", "shared_buffers = 16MB\n"u8.ToArray());
        Write("pg_hba.conf", "local all all peer\n"u8.ToArray());
        Write("base/5/1259", Pages(3));
        Write("base/5/2619", []);
        Write("base/5/16384", Pages(36));
        Write("global/1262", Pages(1));
        Write("pg_xact/0000", new byte[8192]);
        Write($"pg_tblspc/{TablespaceOid}/{version}/5/16401", Pages(2));
        Write("global/pg_control", control);
        _files.Remove("global/pg_control");
    }

    void Write(string path, byte[] content)
    {
        var place = $"{DataDirectory}/{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.WriteAllBytes(place, content);
        _files.Add(path, content);
    }

    /// <summary>Changes pages of a file, as a server would after the last checkpoint, or adds them behind its
    /// end.</summary>
    public void Change(string path, params int[] blocks)
    {
        var length = Math.Max(_files[path].Length, (blocks.Max() + 1) * Page.DefaultBytes);
        var bytes = new byte[length];
        _files[path].CopyTo(bytes, 0);

        foreach (var block in blocks)
            WritePage(bytes, block, (byte)('A' + (block % 26)), Write());

        _files[path] = bytes;
        File.WriteAllBytes($"{DataDirectory}/{path}", bytes);
    }

    /// <summary>Cuts a file to a number of pages.</summary>
    public void Cut(string path, int blocks)
    {
        _files[path] = _files[path][..(blocks * Page.DefaultBytes)];
        File.WriteAllBytes($"{DataDirectory}/{path}", _files[path]);
    }

    /// <summary>The control file of a PostgreSQL 18, of the cluster whose WAL a <see cref="WalBuilder"/>
    /// writes.</summary>
    internal static byte[] ReadControlFile()
    {
        var control = ReadRecordedControlFile();
        BinaryPrimitives.WriteUInt64LittleEndian(control, WalBuilder.SystemId);
        BinaryPrimitives.WriteUInt32LittleEndian(
            control.AsSpan(ControlChecksumAt), Crc32C.Compute(control.AsSpan(0, ControlChecksumAt)));
        return control;
    }

    static byte[] ReadRecordedControlFile()
    {
        using var resource = typeof(TinyCluster).Assembly.GetManifestResourceStream("pg_control.18.gz")
            ?? throw new FileNotFoundException("pg_control.18.gz");
        using var gzip = new GZipStream(resource, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>Old, full of one letter each, and sound.</summary>
    static byte[] Pages(int count)
    {
        var bytes = new byte[count * Page.DefaultBytes];

        for (var block = 0; block < count; block++)
            WritePage(bytes, block, (byte)('a' + (block % 26)), new Lsn(0x1000));

        return bytes;
    }

    static void WritePage(byte[] file, int block, byte letter, Lsn position)
    {
        var page = file.AsSpan(block * Page.DefaultBytes, Page.DefaultBytes);
        page[Page.HeaderBytes..].Fill(letter);
        BinaryPrimitives.WriteUInt32LittleEndian(page, (uint)(position.Value >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(page[4..], (uint)position.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(page[12..], Page.HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(page[14..], Page.HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(page[16..], Page.DefaultBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(page[18..], Page.DefaultBytes | 4);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], PageChecksum.Compute(page, (uint)block));
    }
}
