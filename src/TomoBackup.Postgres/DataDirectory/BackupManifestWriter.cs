using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace TomoBackup.Postgres.DataDirectory;

/// <summary>
/// Writes <c>backup_manifest</c> as the server does, byte for byte, so that pg_verifybackup can check a restored
/// directory. Call files, then WAL ranges, then <see cref="Complete"/> once; another order throws.
/// </summary>
public sealed class BackupManifestWriter : IDisposable
{
    enum Part
    {
        Files,
        WalRanges,
        Done,
    }

    readonly IBufferWriter<byte> _target;
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    Part _part = Part.Files;
    bool _isFirst = true;

    /// <summary>
    /// Begins a manifest: version 2 with the system identifier for servers from 17 on, version 1 before.
    /// </summary>
    public BackupManifestWriter(IBufferWriter<byte> target, int majorVersion, ulong systemIdentifier)
    {
        _target = target;

        if (majorVersion >= 17)
            Write($"{{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": {systemIdentifier},\n");
        else
            Write($"{{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n");

        Write($"\"Files\": [");
    }

    /// <summary>Adds a file with its CRC-32C. The path is relative to the data directory.</summary>
    public void AddFile(string path, ulong size, DateTimeOffset lastModified, uint crc32C)
        => AddFile(Encoding.UTF8.GetBytes(path), size, lastModified, crc32C);

    /// <summary>
    /// Adds a file whose name is given as it stands on disk: names that are not UTF-8 are written in hexadecimal.
    /// </summary>
    public void AddFile(ReadOnlySpan<byte> path, ulong size, DateTimeOffset lastModified, uint crc32C)
    {
        Expect(Part.Files);
        Write($"{(_isFirst ? "\n" : ",\n")}");
        _isFirst = false;

        if (Utf8.IsValid(path))
            Write($"{{ \"Path\": {EscapeJson(Encoding.UTF8.GetString(path))}, ");
        else
            Write($"{{ \"Encoded-Path\": \"{Convert.ToHexStringLower(path)}\", ");

        Write($"\"Size\": {size}, \"Last-Modified\": \"{lastModified.UtcDateTime:yyyy-MM-dd HH:mm:ss} GMT\", ");
        Write($"\"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"{LittleEndianHex(crc32C)}\" }}");
    }

    /// <summary>Adds the WAL that replay needs on one timeline; the end is exclusive.</summary>
    public void AddWalRange(uint timeline, Lsn start, Lsn end)
    {
        if (_part == Part.Files)
            BeginWalRanges();

        Expect(Part.WalRanges);
        Write($"{(_isFirst ? "" : ",\n")}{{ \"Timeline\": {timeline}, \"Start-LSN\": \"{start}\", ");
        Write($"\"End-LSN\": \"{end}\" }}");
        _isFirst = false;
    }

    /// <summary>Writes the manifest's own SHA-256 and closes the text.</summary>
    public void Complete()
    {
        if (_part == Part.Files)
            BeginWalRanges();

        Expect(Part.WalRanges);
        Write($"\n],\n");
        _part = Part.Done;
        Write($"\"Manifest-Checksum\": \"{Convert.ToHexStringLower(_hash.GetCurrentHash())}\"}}\n");
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    void BeginWalRanges()
    {
        Write($"\n],\n\"WAL-Ranges\": [\n");
        (_part, _isFirst) = (Part.WalRanges, true);
    }

    void Expect(Part part)
    {
        if (_part != part)
            throw new InvalidOperationException($"a manifest that is at {_part} does not take {part}");
    }

    void Write(FormattableString text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture));
        _target.Write(bytes);

        // the checksum covers all lines before its own
        if (_part != Part.Done)
            _hash.AppendData(bytes);
    }

    /// <summary>The manifest states the four bytes of the value in memory order of a little-endian machine.</summary>
    static string LittleEndianHex(uint crc32C)
        => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(crc32C)
            .ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>escape_json of the server: everything above space goes through as it is.</summary>
    static string EscapeJson(string text)
    {
        var escaped = new StringBuilder(text.Length + 2).Append('"');

        foreach (var character in text)
            _ = character switch
            {
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                < ' ' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => escaped.Append(character),
            };

        return escaped.Append('"').ToString();
    }
}
