using System.Buffers.Binary;
using TomoBackup.Codecs;

namespace TomoBackup.Tests.Codecs;

/// <summary>What an attacker or a dying disk may do to a pack, and that each of it is refused.</summary>
public sealed class PackDamageTests
{
    static readonly byte[] Pack = SmallPack.Encode(SmallPack.Frames, null, """{"name":"a"}""", """{"b":"c"}""");

    [Fact]
    public void Refuses_every_flipped_bit()
    {
        for (var bit = 0; bit < 8 * Pack.Length; bit++)
        {
            var flipped = Pack.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsType<CodecException>(Record.Exception(() => SmallPack.Decode(flipped)));
        }
    }

    [Fact]
    public void Refuses_every_truncation()
    {
        for (var length = 0; length < Pack.Length; length++)
            Assert.Equal(CodecFailure.Damaged, SmallPack.FailureOf(Pack[..length]));
    }

    [Fact]
    public void Refuses_bytes_behind_the_trailer_and_bytes_between_frames_and_footer()
    {
        Assert.Equal(CodecFailure.Damaged, SmallPack.FailureOf([.. Pack, 0]));
        Assert.Equal(CodecFailure.Damaged, SmallPack.FailureOf([.. Pack, .. Pack[^16..]]));

        var footer = FooterOffset;
        var trailer = Pack[^16..];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, footer + 4);
        Assert.Equal(
            CodecFailure.Damaged,
            SmallPack.FailureOf([.. Pack[..footer], 0, 0, 0, 0, .. Pack[footer..^16], .. trailer]));
    }

    [Fact]
    public void Refuses_frames_that_changed_places()
    {
        var frames = SmallPack.Open(Pack).Frames;
        Assert.Equal(frames[0].StoredBytes, frames[1].StoredBytes);

        var swapped = Pack.ToArray();
        Stored(Pack, frames[0]).CopyTo(Stored(swapped, frames[1]));
        Stored(Pack, frames[1]).CopyTo(Stored(swapped, frames[0]));

        Assert.Equal(CodecFailure.Damaged, SmallPack.FailureOf(swapped));
    }

    [Fact]
    public void Refuses_a_frame_of_another_pack_of_the_same_epoch()
    {
        var other = SmallPack.Encode(SmallPack.Frames, null, """{"name":"a"}""");

        foreach (var frame in SmallPack.Open(Pack).Frames)
        {
            var mixed = Pack.ToArray();
            Stored(other, frame).CopyTo(Stored(mixed, frame));
            Assert.Equal(CodecFailure.Damaged, SmallPack.FailureOf(mixed));
        }
    }

    [Fact]
    public void Refuses_a_footer_in_the_place_of_a_frame_and_the_end_of_another_pack()
    {
        var other = SmallPack.Encode(SmallPack.Frames, null, """{"name":"a"}""", """{"b":"c"}""");

        Assert.Equal(CodecFailure.Damaged, SmallPack.FailureOf([.. Pack[..FooterOffset], .. other[FooterOffset..]]));
        Assert.Equal(
            CodecFailure.WrongKey, SmallPack.FailureOf([.. Pack[..48], .. other[48..80], .. Pack[80..]]));
    }

    [Fact]
    public void A_wrong_key_is_told_apart_from_damage()
    {
        using var key = SmallPack.Key(fill: 8);
        var error = Assert.Throws<CodecException>(
            () => PackTable.Open(PackHeader.Parse(Pack), Pack, Pack.Length, SmallPack.Scope, key));

        Assert.Equal(CodecFailure.WrongKey, error.Failure);
    }

    [Fact]
    public void A_pack_of_another_kind_lineage_or_epoch_is_foreign()
    {
        var zero = new byte[16];
        AssertForeign(SmallPack.Scope with { Kind = PackKind.History });
        AssertForeign(SmallPack.Scope with { Lineage = new LineageId(zero) });
        AssertForeign(SmallPack.Scope with { Epoch = new EpochId(zero) });
    }

    [Theory]
    [InlineData(0, CodecFailure.Foreign)]
    [InlineData(8, CodecFailure.Foreign)]
    [InlineData(10, CodecFailure.Foreign)]
    [InlineData(11, CodecFailure.Foreign)]
    [InlineData(15, CodecFailure.Damaged)]
    public void A_header_that_we_do_not_know_is_refused_for_what_it_is(int at, CodecFailure expected)
    {
        var changed = Pack.ToArray();
        changed[at] ^= 0x80;

        Assert.Equal(expected, SmallPack.FailureOf(changed));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0ul)]
    [InlineData(112ul)]
    public void A_hostile_footer_offset_costs_no_memory(ulong offset)
    {
        var hostile = Pack.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(hostile.AsSpan(^16..), offset);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(CodecFailure.Damaged, SmallPack.FailureOf(hostile));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_footer_longer_than_any_footer_is_refused_before_it_is_read()
    {
        var trailer = Pack[^16..];
        BinaryPrimitives.WriteUInt64LittleEndian(trailer, 200);

        Assert.Equal(
            CodecFailure.Damaged,
            Assert.Throws<CodecException>(() => PackTrailer.FooterOffset(trailer, 1L << 40)).Failure);
    }

    [Theory]
    [InlineData(0u, 10u)]
    [InlineData(100u, 0u)]
    [InlineData(100u, 8_388_609u)]
    [InlineData(100u, uint.MaxValue)]
    [InlineData(uint.MaxValue, 8_388_608u)]
    [InlineData(8_421_441u, 8_388_608u)]
    public void Hostile_lengths_in_an_authentic_table_are_refused(uint compressed, uint plain)
    {
        var footer = new byte[4 + 24 + 4];
        footer[0] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(4), compressed);
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(8), plain);

        Assert.Null(PackFooter.Parse(footer, 112, 112 + 24 + (long)compressed, out _));
    }

    [Theory]
    [InlineData(1u, 0u)]
    [InlineData(uint.MaxValue, 0u)]
    [InlineData(262_145u, 0u)]
    [InlineData(0u, 1u)]
    [InlineData(0u, uint.MaxValue)]
    public void Hostile_counts_in_an_authentic_table_are_refused(uint count, uint noteLength)
    {
        var footer = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, count);
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(4), noteLength);

        Assert.Null(PackFooter.Parse(footer, 112, 112, out _));
    }

    static int FooterOffset => (int)PackTrailer.FooterOffset(Pack, Pack.Length);

    static Span<byte> Stored(byte[] pack, PackFrame frame) => pack.AsSpan((int)frame.Offset, frame.StoredBytes);

    static void AssertForeign(PackScope expected)
    {
        using var key = SmallPack.Key();
        var error = Assert.Throws<CodecException>(
            () => PackTable.Open(PackHeader.Parse(Pack), Pack, Pack.Length, expected, key));

        Assert.Equal(CodecFailure.Foreign, error.Failure);
    }
}
