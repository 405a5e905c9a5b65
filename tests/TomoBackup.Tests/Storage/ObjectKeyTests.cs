using CsCheck;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class ObjectKeyTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("wal/0123-ab.c_d/E")]
    [InlineData("a..")]
    public void Takes(string key) => Assert.Equal(key, new ObjectKey(key).Value);

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("a/..")]
    [InlineData("a/.hidden")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\0")]
    [InlineData("a\\b")]
    public void Refuses(string key) => Assert.Throws<ArgumentException>(() => new ObjectKey(key));

    [Fact]
    public void Bounds_segments_and_the_whole()
    {
        Assert.True(ObjectKey.IsValid(new string('a', 255)));
        Assert.False(ObjectKey.IsValid(new string('a', 256)));
        Assert.True(ObjectKey.IsValid(string.Join('/', Enumerable.Repeat("a", 256)) + "a"));
        Assert.False(ObjectKey.IsValid(string.Join('/', Enumerable.Repeat("a", 257))));
    }

    [Fact]
    public void Never_leads_out_of_its_directory()
        => Gen.String[Gen.Char["./aA0-_ \\~"], 0, 12].Where(ObjectKey.IsValid).Sample(
            key => Path.GetFullPath(Path.Join("/root", key)) == $"/root/{key}", seed: "0000000000000");
}
