using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TomoBackup.Codecs;

namespace TomoBackup.Tests.Codecs;

public sealed class FormatVectorsTests
{
    static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_program_makes_exactly_the_published_vectors()
    {
        var made = FormatVectors.Make().ToJsonString(Readable) + "\n";

        if (Environment.GetEnvironmentVariable("TOMO_BACKUP_WRITE_VECTORS") == "1")
            File.WriteAllText(FormatVectors.Path, made);

        Assert.Equal(File.ReadAllText(FormatVectors.Path), made);
    }

    [Fact]
    public void The_published_pack_opens()
    {
        var vector = Published("pack");
        using var key = new EpochKey(Bytes(vector, "data_key"));
        using var decompressor = new ZstdDecompressor();
        var pack = Bytes(vector, "object");
        var scope = new PackScope(
            (PackKind)vector["kind"]!.GetValue<int>(),
            LineageId.Parse(Text(vector, "lineage")),
            EpochId.Parse(Text(vector, "epoch")));

        using var decoder = PackDecoder.Open(pack, scope, key, decompressor);

        Assert.Equal(
            vector["frames"]!.AsArray().SelectMany(frame => Convert.FromHexString(frame!.GetValue<string>())).ToArray(),
            decoder.DecodeAll(pack, 100));
        Assert.Equal(Text(vector, "public_note"), Encoding.UTF8.GetString(decoder.Table.Header.PublicNote.Span));
        Assert.Equal(Text(vector, "private_note"), Encoding.UTF8.GetString(decoder.Table.PrivateNote.Span));
    }

    [Fact]
    public void The_published_document_verifies()
    {
        var vector = Published("document");
        var key = VerifyingKey.FromSpki(Bytes(vector, "public_key"));
        var envelope = Encoding.UTF8.GetBytes(Text(vector, "envelope"));

        Assert.Equal(Text(vector, "fingerprint"), key.Fingerprint.ToString());
        Assert.Equal(
            Text(vector, "payload"), Encoding.UTF8.GetString(Dsse.Open(envelope, DocumentType.Lease, key)));
    }

    [Fact]
    public void The_published_age_file_opens_with_our_program_and_with_age()
    {
        var vector = Published("age");
        var file = Bytes(vector, "file");
        using var identity = AgeIdentity.Parse(Text(vector, "identity"));
        using var age = new OtherProgram("age");

        Assert.Equal(Bytes(vector, "plain"), AgeFile.Decrypt(file, [identity]));
        Assert.Equal(
            Bytes(vector, "plain"),
            age.Run(file, "-d", "-i", age.Write("identity", Encoding.ASCII.GetBytes(Text(vector, "identity")))));
    }

    static JsonNode Published(string name) => JsonNode.Parse(File.ReadAllText(FormatVectors.Path))![name]!;

    static string Text(JsonNode vector, string member) => vector[member]!.GetValue<string>();

    static byte[] Bytes(JsonNode vector, string member) => Convert.FromHexString(Text(vector, member));
}
