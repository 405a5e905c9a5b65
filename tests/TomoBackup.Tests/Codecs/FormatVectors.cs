using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TomoBackup.Codecs;
using TomoBackup.Repositories.FileList;

namespace TomoBackup.Tests.Codecs;

/// <summary>
/// docs/format/vectors.json: each construction of the format with fixed inputs, for those who write another reader.
/// Run the tests with TOMO_BACKUP_WRITE_VECTORS=1 to write it again; a change of it is a change of the format.
/// </summary>
static class FormatVectors
{
    const string Identity = "AGE-SECRET-KEY-1LJQ5ZDW5SZEF0QE7LXL8H4A96CXD0PJXMCQNQWCKTRYG3PUJ9STSYVYHA9";
    const string Escrow = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    const string Document = """{"verb":"backup"}""";
    const string SignedType = "application/vnd.tomo-backup.lease.v1+json";
    const string Name = "000000010000000000000001";

    // ECDSA signatures are random, so these two were made once.
    const string PublicKey =
        "3059301306072a8648ce3d020106082a8648ce3d0301070342000406c3a7bc976f514c73fcd24da6bca09f49cc"
        + "341e3c73526d855ffa59d27550370ea6282320f644e99a2d6869029ed77859a5550ff60d0f00909bda8d8d44fd43";

    const string Envelope =
        "{\"payloadType\":\"application/vnd.tomo-backup.lease.v1+json\",\"payload\":\"eyJ2ZXJiIjoiYmFja3VwIn0=\","
        + "\"signatures\":[{\"keyid\":\"32a8424fc555a32efcb54aa97562b22480229c21b14d961f464777bd2aae0dd3\","
        + "\"sig\":\"MEQCIBDvtW45QTbdNRgqWECpG/71UEqO+ZkCtpCmKq3cXbT9AiBsD"
        + "IwGDjQgSGpS4TCfYYUpHAmY1g06JqJezTD5vNQQ5A==\"}]}";

    public static string Path { get; } = System.IO.Path.Combine(Root(), "docs", "format", "vectors.json");

    /// <summary>Bytes that count up from a number: no bytes of one vector pass for another's.</summary>
    public static byte[] Counting(int from, int length) => [.. Enumerable.Range(from, length).Select(i => (byte)i)];

    public static JsonObject Make() => new()
    {
        ["format"] = "tomo-backup",
        ["version"] = 1,
        ["about"] = "Values are hex unless they are text. All keys in this file are public: never use them.",
        ["epoch"] = Epoch(),
        ["content_id"] = Content(),
        ["pack"] = Pack(),
        ["document"] = SignedDocument(),
        ["age"] = Age(),
        ["map"] = Map(),
    };

    static JsonObject Epoch()
    {
        using var key = new EpochKey(Counting(0, 32));
        return new JsonObject { ["data_key"] = Hex(key.Bytes), ["commitment"] = Hex(key.Commitment()) };
    }

    /// <summary>Runs that stand on the grid of blocks, cross frames, go back, and share a frame off the grid.</summary>
    static JsonObject Map()
    {
        const int BlockBytes = 8192;
        BlockRun[] runs =
        [
            new(3, 1, 0), new(40, 1, 65_536), BlockRun.At(1, 7, 5, 4660), BlockRun.At(100, 2, 900, 0),
            BlockRun.At(5, 7, 5, 12_852),
        ];
        var first = 0u;
        var map = BlockMap.Of(new FileListLine { Type = FileListLine.File, Size = 0, Runs = [] }, BlockBytes)!
            .With([.. runs.Select(run => ((first += run.Blocks) - run.Blocks, run))], 149);

        return new JsonObject
        {
            ["block_size"] = BlockBytes,
            ["runs"] = new JsonArray(
                [.. map.Runs.Select(run => (JsonNode)new JsonArray(run.Blocks, run.Pack, run.Address))]),
            ["encoded"] = Hex(map.Encode()),
        };
    }

    static JsonObject Content()
    {
        using var epochKey = new EpochKey(Counting(64, 32));
        using var key = new IdKey(epochKey);
        return new JsonObject
        {
            ["id_key"] = Hex(epochKey.Bytes),
            ["name"] = Name,
            ["plain"] = Hex("plain bytes"u8),
            ["content_id"] = ContentId.Compute(key, Name, "plain bytes"u8).ToString(),
            ["content_id_of_nothing"] = ContentId.Compute(key, Name, []).ToString(),
            ["content_id_of_600000_bytes_each_its_place_modulo_251"] = ContentId
                .Compute(key, Name, [.. Enumerable.Range(0, 600_000).Select(n => (byte)(n % 251))]).ToString(),
        };
    }

    static JsonObject Pack()
    {
        // SmallPack's key is 32 times 07; the entropy gives the pack id 00 01 02 …
        using var key = SmallPack.Key();
        var salt = Counting(0, PackId.Length);
        var derived = new byte[64];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, derived, salt, [.. "tomo-backup/v1/pack"u8, 1]);

        // Too short for zstd to compress, so that every version of it writes the same bytes.
        byte[][] frames = ["frame 0"u8.ToArray(), "frame one"u8.ToArray()];
        var pack = SmallPack.Encode(frames, new CountingEntropy(), """{"name":"x"}""", """{"secret":1}""");

        return new JsonObject
        {
            ["data_key"] = Hex(key.Bytes),
            ["kind"] = (int)SmallPack.Scope.Kind,
            ["lineage"] = SmallPack.Scope.Lineage.ToString(),
            ["epoch"] = SmallPack.Scope.Epoch.ToString(),
            ["pack_id"] = Hex(salt),
            ["encryption_key"] = Hex(derived.AsSpan(0, 32)),
            ["commitment"] = Hex(derived.AsSpan(32)),
            ["public_note"] = """{"name":"x"}""",
            ["private_note"] = """{"secret":1}""",
            ["frames"] = new JsonArray([.. frames.Select(frame => JsonValue.Create(Hex(frame)))]),
            ["object"] = Hex(pack),
        };
    }

    static JsonObject SignedDocument() => new()
    {
        ["type"] = SignedType,
        ["payload"] = Document,
        ["signed_bytes"] = Hex(Dsse.PreAuthentication(SignedType, Encoding.UTF8.GetBytes(Document))),
        ["public_key"] = PublicKey,
        ["fingerprint"] = Fingerprint.Of(Convert.FromHexString(PublicKey)).ToString(),
        ["envelope"] = Envelope,
    };

    static JsonObject Age()
    {
        using var identity = AgeIdentity.Parse(Identity);
        AgeRecipient[] recipients = [identity.Recipient, AgeRecipient.Parse(Escrow)];
        var plain = Counting(0, 32);

        return new JsonObject
        {
            ["identity"] = Identity,
            ["recipients"] = new JsonArray([.. recipients.Select(to => JsonValue.Create(to.ToString()))]),
            ["plain"] = Hex(plain),
            ["file"] = Hex(AgeFile.Encrypt(plain, recipients, new CountingEntropy())),
        };
    }

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    static string Root()
    {
        // Tests run from a copy that has no source tree above it; the script that made it names one.
        if (Environment.GetEnvironmentVariable("TOMO_BACKUP_SOURCE") is { Length: > 0 } source)
            return source;

        var folder = new DirectoryInfo(AppContext.BaseDirectory);

        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "TomoBackup.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no TomoBackup.slnx above the tests");

        return folder.FullName;
    }
}
