using TomoBackup.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class StoreAddressTests
{
    [Theory]
    [InlineData("file:///backup", "/backup")]
    [InlineData("FILE:///backup", "/backup")]
    [InlineData("file:////backup//a/", "/backup/a")]
    [InlineData("file:///with space/größe", "/with space/größe")]
    public void Reads_and_normalises_a_path(string text, string path)
    {
        var address = StoreAddress.Parse(text);

        Assert.Equal(path, address.Path);
        Assert.Equal($"file://{path}", address.ToString());
        Assert.Equal(address, StoreAddress.Parse(address.ToString()));
    }

    [Theory]
    [InlineData("/backup", "'/backup' is a path, not a store address: write 'file:///backup'")]
    [InlineData("backup", "a store address begins with its scheme, as 'file:///backup' does")]
    [InlineData("", "a store address begins with its scheme, as 'file:///backup' does")]
    [InlineData("://x", "a store address begins with its scheme, as 'file:///backup' does")]
    [InlineData("file:/backup", "a store address begins with its scheme, as 'file:///backup' does")]
    [InlineData("file://", "store address 'file://' must name an absolute path of this machine: 'file:///path'")]
    [InlineData("file://a/b", "store address 'file://a/b' must name an absolute path of this machine: 'file:///path'")]
    [InlineData("file:///", "store address 'file:///' names the root directory: choose a folder")]
    [InlineData("file:///a/../b", "store address 'file:///a/../b' must not go through '.' or '..'")]
    [InlineData(
        "file:///a%20b",
        "store address 'file:///a%20b' holds '%', '?' or '#': write the path as it is, without escapes")]
    [InlineData("s3://key:secret@bucket", "stores of scheme 's3' are not built in yet: use 'file:///path'")]
    public void Says_what_is_wrong(string text, string complaint)
    {
        Assert.Equal(complaint, Assert.Throws<FormatException>(() => StoreAddress.Parse(text)).Message);
        Assert.False(StoreAddress.TryParse(text, out var address, out var error));
        Assert.Null(address);
        Assert.Equal(complaint, error);
    }
}
