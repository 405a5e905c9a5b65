using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;

namespace TomoBackup.Tests.Postgres.DataDirectory;

public sealed class BackupManifestWriterTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public void Writes_a_servers_manifest_byte_for_byte(int major)
    {
        var bytes = Fixture.Bytes($"backup_manifest.{major}.gz");
        using var json = JsonDocument.Parse(bytes);
        var root = json.RootElement;
        var systemId = root.TryGetProperty("System-Identifier", out var id) ? id.GetUInt64() : 0;
        var target = new ArrayBufferWriter<byte>();

        using (var writer = new BackupManifestWriter(target, major, systemId))
        {
            foreach (var file in root.GetProperty("Files").EnumerateArray())
                writer.AddFile(
                    file.GetProperty("Path").GetString()!,
                    file.GetProperty("Size").GetUInt64(),
                    Time(file.GetProperty("Last-Modified").GetString()!),
                    BinaryPrimitives.ReadUInt32LittleEndian(
                        Convert.FromHexString(file.GetProperty("Checksum").GetString()!)));

            foreach (var range in root.GetProperty("WAL-Ranges").EnumerateArray())
                writer.AddWalRange(
                    range.GetProperty("Timeline").GetUInt32(),
                    Lsn.Parse(range.GetProperty("Start-LSN").GetString()!),
                    Lsn.Parse(range.GetProperty("End-LSN").GetString()!));

            writer.Complete();
        }

        Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(target.WrittenSpan));
    }

    [Fact]
    public void Escapes_names_as_the_server_does()
    {
        var text = Write(writer =>
        {
            writer.AddFile("a\"b\\c\n\u0001ü{0}", 1, DateTimeOffset.UnixEpoch, 0xE27B4E99);
            writer.AddFile([0x66, 0xFF], 2, DateTimeOffset.UnixEpoch, 0);
        });

        Assert.Contains(
            "{ \"Path\": \"a\\\"b\\\\c\\n\\u0001ü{0}\", \"Size\": 1, \"Last-Modified\": \"1970-01-01 00:00:00 GMT\", "
            + "\"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"994e7be2\" },\n{ \"Encoded-Path\": \"66ff\", ",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Joins_several_wal_ranges()
        => Assert.Contains(
            "\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\": \"0/1\", \"End-LSN\": \"0/2\" },\n"
            + "{ \"Timeline\": 2, \"Start-LSN\": \"0/2\", \"End-LSN\": \"1/0\" }\n],\n\"Manifest-Checksum\": \"",
            Write(writer =>
            {
                writer.AddWalRange(1, new Lsn(1), new Lsn(2));
                writer.AddWalRange(2, new Lsn(2), new Lsn(1UL << 32));
            }),
            StringComparison.Ordinal);

    [Fact]
    public void Keeps_the_order_of_its_parts()
    {
        using var writer = new BackupManifestWriter(new ArrayBufferWriter<byte>(), 18, 1);
        writer.AddWalRange(1, new Lsn(1), new Lsn(2));
        Assert.Throws<InvalidOperationException>(() => writer.AddFile("late", 0, DateTimeOffset.UnixEpoch, 0));

        writer.Complete();
        Assert.Throws<InvalidOperationException>(writer.Complete);
    }

    static string Write(Action<BackupManifestWriter> write)
    {
        var target = new ArrayBufferWriter<byte>();
        using var writer = new BackupManifestWriter(target, 18, 7);
        write(writer);
        writer.Complete();
        using var json = JsonDocument.Parse(target.WrittenMemory);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }

    static DateTimeOffset Time(string text)
        => DateTimeOffset.ParseExact(
            text, "yyyy-MM-dd HH:mm:ss 'GMT'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
