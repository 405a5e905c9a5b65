using TomoBackup.Codecs;

namespace TomoBackup.Tests.Codecs;

public sealed class ZstdTests : IDisposable
{
    readonly ZstdCompressor _compressor = new(ZstdCompressor.DefaultLevel);
    readonly ZstdDecompressor _decompressor = new();

    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }

    [Fact]
    public void A_frame_names_its_length_and_has_no_checksum()
    {
        var frame = Compress(new byte[1000]);

        // RFC 8878 §3.1.1: magic, then the descriptor: single segment, two bytes of content size, no checksum.
        Assert.Equal([0x28, 0xB5, 0x2F, 0xFD, 0x60], frame[..5]);
        Assert.Equal(1000 - 256, frame[5] | frame[6] << 8);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    public void Refuses_a_frame_of_another_length_than_promised(int promised)
        => AssertDamaged(Compress(new byte[1000]), promised);

    [Fact]
    public void Refuses_two_frames_and_half_a_frame()
    {
        var frame = Compress(new byte[1000]);

        AssertDamaged([.. frame, .. frame], 2000);
        AssertDamaged([.. frame, 0], 1000);
        AssertDamaged(frame[..^1], 1000);
        AssertDamaged([], 0);
    }

    [Fact]
    public void Works_on_after_a_refusal()
    {
        AssertDamaged([1, 2, 3], 10);
        var plain = new byte[1000];
        _decompressor.Decompress(Compress(plain), plain);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Has_levels_from_1_to_19(int level)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new ZstdCompressor(level));

    byte[] Compress(byte[] plain)
    {
        var frame = new byte[ZstdCompressor.MaxCompressedBytes(plain.Length)];
        return frame[.._compressor.Compress(plain, frame)];
    }

    void AssertDamaged(byte[] frame, int promised)
        => Assert.Equal(
            CodecFailure.Damaged,
            Assert.Throws<CodecException>(() => _decompressor.Decompress(frame, new byte[promised])).Failure);
}
