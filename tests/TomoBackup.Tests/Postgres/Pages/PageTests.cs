using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CsCheck;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Pages;

namespace TomoBackup.Tests.Postgres.Pages;

public sealed class PageTests
{
    static readonly Lsn Never = new(ulong.MaxValue);

    [Theory]
    [InlineData("pages.18.gz", 4)]
    [InlineData("pages_fsm.18.gz", 3)]
    public void Agrees_with_checksums_that_a_server_wrote(string fixture, int pages)
    {
        var bytes = Fixture.Bytes(fixture);
        Assert.Equal(pages * Page.DefaultBytes, bytes.Length);

        for (var block = 0; block < pages; block++)
        {
            var page = bytes.AsSpan(block * Page.DefaultBytes, Page.DefaultBytes);
            Assert.NotEqual(0, ((ReadOnlySpan<byte>)page).PageChecksumField);
            Assert.Equal(PageVerdict.Ok, PageCheck.Judge(page, (uint)block, Never));
            Assert.Equal(PageVerdict.Mismatch, PageCheck.Judge(page, (uint)block + 1, Never));
        }
    }

    [Fact]
    public void Vectors_of_any_width_give_what_plain_arithmetic_gives()
        => Gen.Select(Gen.Int[0, 5].Select(power => 1024 << power), Gen.UInt, Gen.UInt).Sample(
            (bytes, seed, block) =>
            {
                var page = new byte[bytes];
                new Random((int)seed).NextBytes(page);
                var joined = PlainJoin(page);

                return PageChecksum.Compute(page, block) == (ushort)(((joined ^ block) % 65535) + 1)
                    && PageChecksum.JoinNarrow(page) == joined;
            },
            seed: "0N0XIzNsQ0O2",
            iter: 200);

    [Fact]
    public void Refuses_what_is_no_page()
        => Assert.Throws<ArgumentException>(() => PageChecksum.Compute(new byte[8191], 0));

    [Fact]
    public void Judges_in_the_order_of_the_server()
    {
        var page = Fixture.Bytes("pages.18.gz")[..Page.DefaultBytes];
        var lsn = ((ReadOnlySpan<byte>)page).PageLsn;

        page[5000] ^= 1;
        Assert.Equal(PageVerdict.NewerThanStart, PageCheck.Judge(page, 0, lsn));
        Assert.Equal(PageVerdict.Mismatch, PageCheck.Judge(page, 0, lsn + 1));

        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(14), 0);
        Assert.Equal(PageVerdict.NewPageNotZero, PageCheck.Judge(page, 0, lsn));
        Assert.Equal(PageVerdict.NewPage, PageCheck.Judge(new byte[Page.DefaultBytes], 7, Never));
    }

    [Fact]
    public void Reads_the_high_half_of_the_position_first()
    {
        byte[] page = [0x16, 0, 0, 0, 0x48, 0xD8, 0x74, 0xB3, 0x34, 0x12, 0, 0, 0, 0, 0xCD, 0xAB];
        ReadOnlySpan<byte> span = page;

        Assert.Equal("16/B374D848", span.PageLsn.ToString());
        Assert.Equal(0x1234, span.PageChecksumField);
        Assert.Equal(0xABCD, span.PageUpper);
        Assert.False(span.IsNewPage);
    }

    [Fact]
    public void Notices_every_changed_bit_of_a_page_outside_of_the_field_itself()
    {
        var page = Fixture.Bytes("pages.18.gz")[..Page.DefaultBytes];
        var stored = PageChecksum.Compute(page, 0);

        for (var i = 0; i < page.Length; i++)
        {
            page[i] ^= (byte)(1 << (i % 8));
            Assert.Equal(i is 8 or 9, PageChecksum.Compute(page, 0) == stored);
            page[i] ^= (byte)(1 << (i % 8));
        }
    }

    /// <summary>checksum_impl.h, read line by line.</summary>
    static uint PlainJoin(byte[] page)
    {
        uint[] sums =
        [
            0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
            0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
            0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
            0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
        ];
        var words = MemoryMarshal.Cast<byte, uint>(page).ToArray();
        words[2] &= 0xFFFF0000;
        uint[] padded = [.. words, .. new uint[64]];

        for (var i = 0; i < padded.Length; i++)
        {
            var mixed = sums[i % 32] ^ padded[i];
            sums[i % 32] = (mixed * 16777619) ^ (mixed >> 17);
        }

        return sums.Aggregate((a, b) => a ^ b);
    }
}
