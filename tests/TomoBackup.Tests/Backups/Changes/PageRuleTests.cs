using System.Buffers.Binary;
using TomoBackup.Backups.Changes;
using TomoBackup.Postgres;

namespace TomoBackup.Tests.Backups.Changes;

/// <summary>A page alone says whether it must be stored, where no WAL summaries say it.</summary>
public sealed class PageRuleTests
{
    const ushort AllVisible = 4;
    static readonly Lsn Start = Lsn.Parse("1/2000");

    [Theory]
    [InlineData("1/1FFF", false)]
    [InlineData("0/FFFFFFFF", false)]
    [InlineData("1/2000", true)]
    [InlineData("1/2001", true)]
    [InlineData("2/0", true)]
    [InlineData("0/0", true)]
    public void By_its_position(string position, bool changed)
        => Assert.Equal(changed, Rule().IsChanged(5, Content(position)));

    [Fact]
    public void By_its_place_behind_the_end_of_the_parents_file()
    {
        Assert.False(Rule().IsChanged(99, Content("0/10")));
        Assert.True(Rule().IsChanged(100, Content("0/10")));
    }

    [Fact]
    public void A_page_that_was_never_written_is_stored()
        => Assert.True(Rule().IsChanged(5, Content("0/10", upper: 0)));

    [Theory]
    [InlineData(true, AllVisible, false)]
    [InlineData(false, AllVisible, true)]
    [InlineData(false, (ushort)3, false)]
    public void A_mark_of_VACUUM_counts_where_it_leaves_the_position_as_it_was(
        bool positionsTellAll, ushort flags, bool changed)
        => Assert.Equal(changed, Rule(positionsTellAll).IsChanged(5, Content("0/10", flags)));

    static PageRule Rule(bool positionsTellAll = true) => new(Start, 100, positionsTellAll);

    static byte[] Content(string position, ushort flags = 0, ushort upper = 8000)
    {
        var (page, lsn) = (new byte[8192], Lsn.Parse(position).Value);
        BinaryPrimitives.WriteUInt32LittleEndian(page, (uint)(lsn >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(4), (uint)lsn);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(10), flags);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(14), upper);
        return page;
    }
}
