using System.Buffers;
using System.Text;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

/// <summary>Whole packs in memory, as a careful caller writes and reads them.</summary>
static class SmallPack
{
    public static readonly PackScope Scope = new(
        PackKind.Wal,
        LineageId.Parse("00112233445566778899aabbccddeeff"),
        EpochId.Parse("ffeeddccbbaa99887766554433221100"));

    /// <summary>Two frames of one length, which can be swapped without lengths giving it away, and a third.</summary>
    public static readonly byte[][] Frames =
    [
        Encoding.ASCII.GetBytes("the first frame of 24 ch"),
        Encoding.ASCII.GetBytes("another frame, 24 letter"),
        Encoding.ASCII.GetBytes(new string('z', 5000)),
    ];

    public static EpochKey Key(byte fill = 7)
    {
        var bytes = new byte[EpochKey.Length];
        Array.Fill(bytes, fill);
        return new EpochKey(bytes);
    }

    public static byte[] Encode(
        IEnumerable<byte[]> frames, IEntropy? entropy = null, string publicNote = "", string privateNote = "")
    {
        using var key = Key();
        using var compressor = new ZstdCompressor(ZstdCompressor.DefaultLevel);
        using var encoder = PackEncoder.Begin(
            Scope, key, entropy ?? SystemEntropy.Instance, Encoding.UTF8.GetBytes(publicNote), compressor);

        var pack = new ArrayBufferWriter<byte>();
        pack.Write(encoder.Header.Bytes.Span);

        foreach (var frame in frames)
            pack.Advance(encoder.EncodeFrame(frame, pack.GetSpan(PackEncoder.MaxFrameBytes(frame.Length))));

        encoder.Finish(Encoding.UTF8.GetBytes(privateNote), pack);
        Assert.Equal(pack.WrittenCount, encoder.Length);
        return pack.WrittenSpan.ToArray();
    }

    public static byte[] Decode(ReadOnlySpan<byte> pack)
    {
        using var key = Key();
        using var decompressor = new ZstdDecompressor();
        using var decoder = PackDecoder.Open(pack, Scope, key, decompressor);
        return decoder.DecodeAll(pack, int.MaxValue);
    }

    public static PackTable Open(ReadOnlySpan<byte> pack)
    {
        using var key = Key();
        return PackTable.Open(PackHeader.Parse(pack), pack, pack.Length, Scope, key);
    }

    public static CodecFailure FailureOf(byte[] pack)
        => Assert.Throws<CodecException>(() => Decode(pack)).Failure;
}
