using CsCheck;
using TomoBackup.Postgres;

namespace TomoBackup.Tests.Postgres;

public sealed class LsnTests
{
    [Theory]
    [InlineData("16/B374D848", 0x16_B374D848)]
    [InlineData("16/b374d848", 0x16_B374D848)]
    [InlineData("0/0", 0)]
    [InlineData("0/00000028", 0x28)]
    [InlineData("FFFFFFFF/FFFFFFFF", ulong.MaxValue)]
    public void Reads_what_PostgreSQL_prints(string text, ulong value)
        => Assert.Equal(new Lsn(value), Lsn.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("0/")]
    [InlineData("/0")]
    [InlineData("0/0/0")]
    [InlineData("0/ 1")]
    [InlineData(" 0/1")]
    [InlineData("0/000000001")]
    [InlineData("0x1/1")]
    [InlineData("0/G")]
    public void Refuses_other_text(string text)
    {
        Assert.False(Lsn.TryParse(text, null, out _));
        Assert.Throws<FormatException>(() => Lsn.Parse(text));
    }

    [Fact]
    public void Text_and_value_are_the_same_thing()
        => Gen.ULong.Sample(
            value => Lsn.Parse(new Lsn(value).ToString()).Value == value
                && $"{new Lsn(value)}" == new Lsn(value).ToString(),
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void Difference_is_bytes_and_never_negative()
    {
        Assert.Equal(0x18UL, new Lsn(0x1_0000_0010) - new Lsn(0xFFFF_FFF8));
        Assert.Throws<OverflowException>(() => new Lsn(1) - new Lsn(2));
        Assert.Throws<OverflowException>(() => new Lsn(ulong.MaxValue) + 1);
    }

    [Fact]
    public void Order_is_that_of_the_log_not_of_the_text()
    {
        Assert.True(Lsn.Parse("9/0") < Lsn.Parse("10/0"));
        Assert.True(Lsn.Parse("0/FF") >= Lsn.Parse("0/FF"));
        Assert.True(Lsn.Parse("0/100") > Lsn.Parse("0/FF"));
        Assert.Equal(-1, Lsn.Parse("0/1").CompareTo(Lsn.Parse("0/2")));
    }
}
