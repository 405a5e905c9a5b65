using System.Buffers;
using System.Text;
using CsCheck;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

public sealed class PackTests
{
    [Fact]
    public void Gives_back_any_frames_and_notes()
        => Gen.Select(Gen.Byte.Array[1, 3000].Array[0, 8], Gen.String[0, 40], Gen.String[0, 40])
            .Sample(
                (frames, publicNote, privateNote) =>
                {
                    var pack = SmallPack.Encode(frames, null, publicNote, privateNote);
                    var table = SmallPack.Open(pack);

                    Assert.Equal(frames.SelectMany(bytes => bytes).ToArray(), SmallPack.Decode(pack));
                    Assert.Equal(frames.Select(bytes => bytes.Length), table.Frames.Select(frame => frame.PlainBytes));
                    Assert.Equal(Encoding.UTF8.GetBytes(publicNote), table.Header.PublicNote.ToArray());
                    Assert.Equal(Encoding.UTF8.GetBytes(privateNote), table.PrivateNote.ToArray());
                },
                seed: "0000KOIikJQ4",
                iter: 100);

    [Fact]
    public void A_pack_may_hold_nothing()
    {
        var pack = SmallPack.Encode([]);

        Assert.Equal(PackHeader.FixedBytes + 24 + 8 + PackTrailer.Length, pack.Length);
        Assert.Empty(SmallPack.Decode(pack));
    }

    [Fact]
    public void The_largest_frame_fits_its_bound_even_when_it_does_not_compress()
    {
        var plain = new byte[PackEncoder.MaxPlainBytes];
        SystemEntropy.Instance.Fill(plain);

        var pack = SmallPack.Encode([plain, new byte[PackEncoder.MaxPlainBytes]]);

        Assert.Equal(plain, SmallPack.Decode(pack)[..plain.Length]);
        Assert.InRange(SmallPack.Open(pack).Frames[1].StoredBytes, 1, 100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(PackEncoder.MaxPlainBytes + 1)]
    public void Refuses_to_write_a_frame_of(int length)
        => Assert.Throws<ArgumentOutOfRangeException>(() => SmallPack.Encode([new byte[length]]));

    [Fact]
    public void Notes_have_their_longest()
    {
        var longest = SmallPack.Encode(
            [], null, new string('n', PackHeader.MaxPublicNoteBytes), new string('n', PackEncoder.MaxPrivateNoteBytes));

        Assert.Equal(PackEncoder.MaxPrivateNoteBytes, SmallPack.Open(longest).PrivateNote.Length);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SmallPack.Encode([], null, new string('n', PackHeader.MaxPublicNoteBytes + 1)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SmallPack.Encode([], null, "", new string('n', PackEncoder.MaxPrivateNoteBytes + 1)));
    }

    [Fact]
    public void Reads_one_frame_from_three_ranges_of_the_object()
    {
        var pack = SmallPack.Encode(SmallPack.Frames, null, """{"name":"x"}""", "secret");
        using var key = SmallPack.Key();
        using var decompressor = new ZstdDecompressor();

        var header = PackHeader.Parse(pack.AsSpan(0, PackHeader.LengthOf(pack.AsSpan(0, PackHeader.FixedBytes))));
        var footer = (int)PackTrailer.FooterOffset(pack.AsSpan(^PackTrailer.Length..), pack.Length);
        using var decoder = PackDecoder.Open(
            header, pack.AsSpan(footer), pack.Length, SmallPack.Scope, key, decompressor);

        var frame = decoder.Table.Frames[1];
        var plain = new byte[100];
        var count = decoder.DecodeFrame(1, pack.AsSpan((int)frame.Offset, frame.StoredBytes), plain);

        Assert.Equal(SmallPack.Frames[1], plain[..count]);
    }

    [Fact]
    public void Says_so_when_the_tail_that_was_read_is_too_short()
    {
        var pack = SmallPack.Encode(SmallPack.Frames);
        using var key = SmallPack.Key();

        Assert.Throws<ArgumentException>(
            () => PackTable.Open(PackHeader.Parse(pack), pack.AsSpan(^20..), pack.Length, SmallPack.Scope, key));
    }

    [Fact]
    public void Decoders_of_one_table_work_side_by_side()
    {
        var pack = SmallPack.Encode(SmallPack.Frames);
        var table = SmallPack.Open(pack);
        using var key = SmallPack.Key();

        Parallel.For(0, 8, _ =>
        {
            using var decompressor = new ZstdDecompressor();
            using var decoder = new PackDecoder(table, key, decompressor);
            Assert.Equal(SmallPack.Frames.SelectMany(bytes => bytes).ToArray(), decoder.DecodeAll(pack, 10_000));
        });
    }

    [Fact]
    public void Holds_no_more_in_memory_than_the_caller_takes()
    {
        var pack = SmallPack.Encode(SmallPack.Frames);
        using var key = SmallPack.Key();
        using var decompressor = new ZstdDecompressor();
        using var decoder = PackDecoder.Open(pack, SmallPack.Scope, key, decompressor);

        Assert.Equal(
            CodecFailure.Invalid, Assert.Throws<CodecException>(() => decoder.DecodeAll(pack, 100)).Failure);
    }

    [Fact]
    public void Allocates_nothing_per_frame()
    {
        using var key = SmallPack.Key();
        using var compressor = new ZstdCompressor(ZstdCompressor.DefaultLevel);
        using var decompressor = new ZstdDecompressor();
        using var encoder = PackEncoder.Begin(SmallPack.Scope, key, SystemEntropy.Instance, [], compressor);
        var plain = new byte[8192];
        var target = new byte[PackEncoder.MaxFrameBytes(plain.Length)];
        var pack = new ArrayBufferWriter<byte>(200_000);
        pack.Write(encoder.Header.Bytes.Span);
        pack.Write(target.AsSpan(0, encoder.EncodeFrame(plain, target)));

        var encoding = AllocatedBy(100, () => pack.Write(target.AsSpan(0, encoder.EncodeFrame(plain, target))));
        encoder.Finish([], pack);
        var bytes = pack.WrittenSpan.ToArray();
        using var decoder = PackDecoder.Open(bytes, SmallPack.Scope, key, decompressor);
        var frame = decoder.Table.Frames[5];
        var decoding = AllocatedBy(
            100, () => decoder.DecodeFrame(5, bytes.AsSpan((int)frame.Offset, frame.StoredBytes), plain));

        Assert.InRange(encoding, 0, 99);
        Assert.InRange(decoding, 0, 99);
    }

    static long AllocatedBy(int times, Action work)
    {
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < times; i++)
            work();

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
