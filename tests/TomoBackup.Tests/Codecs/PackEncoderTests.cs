using System.Buffers;
using System.Buffers.Binary;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

/// <summary>No pack id encrypts two things, and no nonce comes twice: these are the ways in which it might.</summary>
public sealed class PackEncoderTests : IDisposable
{
    readonly EpochKey _key = SmallPack.Key();
    readonly ZstdCompressor _compressor = new(ZstdCompressor.DefaultLevel);
    readonly byte[] _target = new byte[PackEncoder.MaxFrameBytes(PackEncoder.MaxPlainBytes)];

    public void Dispose()
    {
        _key.Dispose();
        _compressor.Dispose();
    }

    [Fact]
    public void Each_pack_has_an_id_and_a_key_of_its_own()
    {
        using var first = Begin();
        using var second = Begin();

        Assert.NotEqual(first.Header.Id, second.Header.Id);
        Assert.NotEqual(Encoded(first), Encoded(second));
        Assert.NotEqual(first.Header.Commitment.ToArray(), second.Header.Commitment.ToArray());
    }

    [Fact]
    public void Each_number_and_flag_has_a_nonce_of_its_own()
    {
        var seen = new HashSet<UInt128>();
        Span<byte> nonce = stackalloc byte[FrameCodec.NonceBytes];
        Span<byte> wide = stackalloc byte[16];
        wide.Clear();

        for (var number = 0; number < PackEncoder.MaxFrames; number++)
        {
            FrameCodec.WriteNonce(number, final: false, nonce);
            nonce.CopyTo(wide);
            seen.Add(BinaryPrimitives.ReadUInt128BigEndian(wide));
        }

        FrameCodec.WriteNonce(FrameCodec.FooterNumber, final: true, nonce);
        nonce.CopyTo(wide);
        seen.Add(BinaryPrimitives.ReadUInt128BigEndian(wide));

        Assert.Equal(PackEncoder.MaxFrames + 1, seen.Count);
    }

    [Fact]
    public void The_same_plain_bytes_twice_are_two_ciphertexts()
    {
        using var encoder = Begin();

        Assert.NotEqual(Encoded(encoder), Encoded(encoder));
    }

    [Fact]
    public void Ends_with_its_footer()
    {
        using var encoder = Begin();
        encoder.Finish([], new ArrayBufferWriter<byte>());

        Assert.Throws<InvalidOperationException>(() => Encoded(encoder));
        Assert.Throws<InvalidOperationException>(() => encoder.Finish([], new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Ends_with_a_frame_that_failed()
    {
        using var encoder = Begin();
        _compressor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Encoded(encoder));
        Assert.Throws<InvalidOperationException>(() => Encoded(encoder));
        Assert.Throws<InvalidOperationException>(() => encoder.Finish([], new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Ends_with_a_footer_that_failed()
    {
        using var encoder = Begin();

        Assert.Throws<IOException>(() => encoder.Finish([], new FailingWriter()));
        Assert.Throws<InvalidOperationException>(() => encoder.Finish([], new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Misuse_that_encrypted_nothing_does_not_end_it()
    {
        using var encoder = Begin();

        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.EncodeFrame(new byte[100], new byte[100]));
        Assert.Throws<ArgumentException>(() => encoder.EncodeFrame(_target.AsSpan(^100..), _target));
        Assert.NotEmpty(Encoded(encoder));
        Assert.Equal(1, encoder.FrameCount);
    }

    [Fact]
    public void Counts_its_frames_and_bytes()
    {
        using var encoder = Begin();
        var header = encoder.Length;
        var frame = Encoded(encoder).Length;

        Assert.Equal(PackHeader.FixedBytes, header);
        Assert.Equal(header + frame, encoder.Length);
    }

    PackEncoder Begin() => PackEncoder.Begin(SmallPack.Scope, _key, SystemEntropy.Instance, [], _compressor);

    byte[] Encoded(PackEncoder encoder) => _target[..encoder.EncodeFrame(SmallPack.Frames[0], _target)];

    sealed class FailingWriter : IBufferWriter<byte>
    {
        readonly byte[] _buffer = new byte[1000];

        public void Advance(int count) => throw new IOException("no room");

        public Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public Span<byte> GetSpan(int sizeHint = 0) => _buffer;
    }
}
