using TomoBackup.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class MountTableTests
{
    const string Text = """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        30 22 253:0 / /mnt/back\040up rw,relatime shared:2 master:3 - xfs /dev/mapper/crypt rw
        31 22 253:0 /sub /mnt/bind rw - xfs /dev/mapper/crypt rw
        40 22 0:55 / /mnt/net rw - nfs4 server:/export rw
        a line of another kernel
        """;

    static readonly MountTable Table = MountTable.Parse(Text);

    [Theory]
    [InlineData("8:1", "/var/lib", "/dev/sda1", true)]
    [InlineData("253:0", "/mnt/back up/repository", "/dev/mapper/crypt", true)]
    [InlineData("0:55", "/mnt/net/repository", "server:/export", false)]
    public void Finds_the_file_system_by_its_device(string device, string path, string source, bool isBlock)
    {
        var mount = Table.Find(Number(device), path)!;

        Assert.Equal((source, isBlock), (mount.Source, mount.HasBlockDevice));
    }

    [Fact]
    public void Of_two_mounts_of_one_device_takes_the_one_above_the_path()
    {
        Assert.Equal("/mnt/bind", Table.Find(Number("253:0"), "/mnt/bind/x")!.Folder);
        Assert.Equal("/mnt/back up", Table.Find(Number("253:0"), "/mnt/back up")!.Folder);
    }

    // btrfs gives each subvolume a number of its own, which the table does not show.
    [Fact]
    public void Where_no_device_fits_takes_the_longest_folder_above()
    {
        Assert.Equal("/mnt/net", Table.Find(Number("0:99"), "/mnt/net/x")!.Folder);
        Assert.Equal("/", Table.Find(Number("0:99"), "/mnt/network")!.Folder);
    }

    static ulong Number(string device)
        => device.Split(':') is [var major, var minor] ? ulong.Parse(major) << 32 | uint.Parse(minor) : 0;
}
