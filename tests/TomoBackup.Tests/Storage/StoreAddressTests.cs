using TomoBackup.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class StoreAddressTests
{
    const string NamesKeys =
        "an s3 address holds '@': keys are named by 'access_key' and 'secret_key', never here";

    const string NoBucket =
        "an s3 address must name a bucket, 3 to 63 of a-z, 0-9, '.' and '-': 's3://bucket/prefix'";

    const string WrongPrefix =
        "the prefix of an s3 address must not hold '%', '?', '#', '.' or '..' as a part: write it plainly";

    const string NoRemote = "an rclone address must name a remote of rclone.conf: 'rclone:remote:path'";

    const string WrongPath =
        "the path of an rclone address must not hold '%', '?', '#', '.' or '..' as a part: write it plainly";

    const string NoServer =
        "an sftp address must name user, host and an absolute path: 'sftp://user@host:port/path'";

    const string NoFolder = "an sftp address must name a folder of the server: 'sftp://user@host:port/path'";

    const string HoldsPassword =
        "an sftp address holds a password: a key file or an agent speaks for the user, never it";

    const string WrongServerPath =
        "the path of an sftp address must not hold '%', '?', '#', '.' or '..' as a part: write it plainly";

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
    [InlineData("s3://tomo-backups", "s3", "tomo-backups", "", "s3://tomo-backups")]
    [InlineData("S3://tomo-backups//a/b/", "s3", "tomo-backups", "a/b", "s3://tomo-backups/a/b")]
    [InlineData("rclone:b2-crypt:", "rclone", "b2-crypt", "", "rclone:b2-crypt:")]
    [InlineData("rclone:my box:a/b/", "rclone", "my box", "a/b", "rclone:my box:a/b")]
    [InlineData("rclone:nas:/srv/backup", "rclone", "nas", "/srv/backup", "rclone:nas:/srv/backup")]
    public void Reads_buckets_and_remotes(string text, string scheme, string container, string prefix, string printed)
    {
        var address = StoreAddress.Parse(text);

        Assert.Equal((scheme, container, prefix), (address.Scheme, address.Container, address.Prefix));
        Assert.Equal(printed, address.ToString());
        Assert.Equal(address, StoreAddress.Parse(printed));
        Assert.Throws<InvalidOperationException>(() => address.Path);
    }

    [Theory]
    [InlineData("sftp://tomo@nas/backup", "tomo", "nas", 22, "/backup", "sftp://tomo@nas/backup")]
    [InlineData("SFTP://tomo@nas:22//a b//c/", "tomo", "nas", 22, "/a b/c", "sftp://tomo@nas/a b/c")]
    [InlineData("sftp://u.1@h-x.example.org:2222/b", "u.1", "h-x.example.org", 2222, "/b", null)]
    [InlineData("sftp://tomo@[2001:db8::1]/b", "tomo", "2001:db8::1", 22, "/b", null)]
    [InlineData("sftp://tomo@[::1]:2222/b", "tomo", "::1", 2222, "/b", null)]
    public void Reads_folders_of_ssh_servers(
        string text, string user, string host, int port, string path, string? printed)
    {
        var address = StoreAddress.Parse(text);

        Assert.Equal(new SshServer(user, host, port), address.Server);
        Assert.Equal(("sftp", path), (address.Scheme, address.Prefix));
        Assert.Equal(printed ?? text, address.ToString());
        Assert.Equal(address, StoreAddress.Parse(address.ToString()));
        Assert.Throws<InvalidOperationException>(() => address.Path);
    }

    [Theory]
    [InlineData("sftp://", NoServer)]
    [InlineData("sftp://nas/backup", NoServer)]
    [InlineData("sftp://@nas/backup", NoServer)]
    [InlineData("sftp://-oProxyCommand@nas/backup", NoServer)]
    [InlineData("sftp://tomo@/backup", NoServer)]
    [InlineData("sftp://tomo@-nas/backup", NoServer)]
    [InlineData("sftp://tomo@nas:0/backup", NoServer)]
    [InlineData("sftp://tomo@nas:65536/backup", NoServer)]
    [InlineData("sftp://tomo@nas:/backup", NoServer)]
    [InlineData("sftp://tomo@::1/backup", NoServer)]
    [InlineData("sftp://tomo@[nas]/backup", NoServer)]
    [InlineData("sftp://tomo:hunter2@nas/backup", HoldsPassword)]
    [InlineData("sftp://tomo:hunter@2@nas/backup", HoldsPassword)]
    [InlineData("sftp://tomo@nas", NoFolder)]
    [InlineData("sftp://tomo@nas//", NoFolder)]
    [InlineData("sftp://tomo@nas/a/../b", WrongServerPath)]
    [InlineData("sftp://tomo@nas/a%20b", WrongServerPath)]
    public void Says_what_is_wrong_with_the_address_of_a_server_and_never_repeats_a_password(
        string text, string complaint)
    {
        Assert.False(StoreAddress.TryParse(text, out _, out var error));
        Assert.Equal(complaint, error);
        Assert.DoesNotContain("hunter", error, StringComparison.Ordinal);
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
    [InlineData("s3://key:secret@bucket", NamesKeys)]
    [InlineData("s3://", NoBucket)]
    [InlineData("s3:///prefix", NoBucket)]
    [InlineData("s3://ab", NoBucket)]
    [InlineData("s3://My_Bucket", NoBucket)]
    [InlineData("s3://.bucket", NoBucket)]
    [InlineData("s3://bucket/a/../b", WrongPrefix)]
    [InlineData("s3://bucket/a%20b", WrongPrefix)]
    [InlineData("rclone:", NoRemote)]
    [InlineData("rclone:b2", NoRemote)]
    [InlineData("rclone::s3,secret_access_key=hunter2:bucket", NoRemote)]
    [InlineData("rclone:b2,key=hunter2:bucket", NoRemote)]
    [InlineData("rclone:b2:a/../b", WrongPath)]
    [InlineData(
        "gs://bucket",
        "no store has the scheme 'gs': write a store address: 'file:///path', 's3://bucket/prefix' or "
        + "'rclone:remote:path'")]
    public void Says_what_is_wrong(string text, string complaint)
    {
        Assert.Equal(complaint, Assert.Throws<FormatException>(() => StoreAddress.Parse(text)).Message);
        Assert.False(StoreAddress.TryParse(text, out var address, out var error));
        Assert.Null(address);
        Assert.Equal(complaint, error);
    }
}
