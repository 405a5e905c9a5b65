using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Storage;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Operations;

/// <summary>The kernel's files are written into a folder; links stand in them as the kernel places them.</summary>
public sealed class VolumeSurveyTests : IDisposable
{
    const string Crypt = "CRYPT-LUKS2-00112233445566778899aabbccddeeff-backup";

    readonly TestFolder _folder = new();
    readonly List<UnseenFact> _unseen = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_mapping_of_LUKS_is_encrypted_and_a_plain_disk_is_not()
    {
        Mount("ext4");
        Disk("dm-0", mark: Crypt);
        Assert.True(Look().IsLuks);

        Disk("dm-0", mark: "LVM-abc");
        Assert.False(Look().IsLuks);

        Disk("dm-0", mark: null);
        Assert.False(Look().IsLuks);
        Assert.Empty(_unseen);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, false, false)]
    public void Every_disk_below_must_be_encrypted(bool one, bool other, bool expected)
    {
        Mount("ext4");
        Disk("dm-0", mark: "LVM-abc", below: ["dm-1", "dm-2"]);
        Disk("dm-1", one ? Crypt : null);
        Disk("dm-2", other ? Crypt : null);

        Assert.Equal(expected, Look().IsLuks);
    }

    [Fact]
    public void A_partition_is_what_its_disk_is()
    {
        Mount("ext4");
        Disk("md0", mark: null, below: ["dm-1"]);
        Disk("dm-1", Crypt);
        Directory.Delete(_folder["sys/dev/block"], recursive: true);
        _folder.Make("sys/dev/block");
        _folder.Make("sys/devices/md0/md0p1");
        _folder.Write("sys/devices/md0/md0p1/partition", "1\n");
        Directory.CreateSymbolicLink(_folder[$"sys/dev/block/{Number}"], _folder["sys/devices/md0/md0p1"]);

        Assert.True(Look().IsLuks);
    }

    [Fact]
    public void What_cannot_be_told_is_said_as_unknown()
    {
        Mount("nfs4", number: "0:55");

        var volume = Look();

        Assert.Null(volume.IsLuks);
        Assert.True(volume.IsRemote);
        Assert.Equal(
            "repositories.local.volume.encrypted: whether 'local' lies on LUKS: '/dev/mapper/backup' (nfs4) does not "
                + "say which disks are below it",
            Assert.Single(_unseen.Select(fact => $"{fact.Path}: {fact.What}: {fact.Why}")));
    }

    [Fact]
    public void A_file_that_is_a_disk_is_unknown()
    {
        Mount("ext4");
        Disk("loop0", mark: null);
        _folder.Make("sys/devices/loop0/loop");

        Assert.Null(Look().IsLuks);
        Assert.Single(_unseen);
    }

    [Fact]
    public void A_data_directory_on_the_same_file_system_is_named()
    {
        Mount("ext4");
        Disk("dm-0", Crypt);

        Assert.Equal(["main"], Look(_folder.Make("data")).SharedWith);
        Assert.Empty(Look("/proc").SharedWith);
        Assert.Empty(_unseen);
    }

    [Fact]
    public void A_directory_that_is_not_here_is_unseen_and_not_separate()
    {
        Mount("ext4");
        Disk("dm-0", Crypt);

        Assert.Empty(Look(_folder["nowhere"]).SharedWith);
        Assert.Equal("the data directory of 'main'", Assert.Single(_unseen).What);

        _unseen.Clear();
        Assert.Empty(Look(null).SharedWith);
        Assert.Contains("neither the policy nor the server", Assert.Single(_unseen).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void This_machine_can_be_looked_at()
        => Assert.NotNull(new VolumeSurvey(PhysicalFileSystem.Instance, _unseen)
            .Look(Policy(_folder.Make("backup")), new Dictionary<string, string?>())["local"].IsRemote);

    string Number
    {
        get
        {
            var device = PhysicalFileSystem.Instance.Stat(_folder.FullPath)!.Device;
            return $"{device >> 32}:{(uint)device}";
        }
    }

    void Mount(string kind, string? number = null)
    {
        _folder.Make("backup");
        _folder.Make("proc/self");
        _folder.Write(
            "proc/self/mountinfo",
            $"1 0 99:9 / / rw - ext4 /dev/root rw\n2 1 {number ?? Number} / {_folder.FullPath} rw shared:1 - {kind} "
                + "/dev/mapper/backup rw\n");
    }

    void Disk(string name, string? mark, params string[] below)
    {
        var disk = $"sys/devices/{name}";
        _folder.Make($"{disk}/slaves");
        _folder.Make("sys/dev/block");
        _folder.Make("sys/class/block");
        _folder.Make($"{disk}/dm");

        if (mark is null)
            File.Delete(_folder[$"{disk}/dm/uuid"]);
        else
            _folder.Write($"{disk}/dm/uuid", mark + "\n");

        foreach (var slave in below)
            Directory.CreateSymbolicLink(_folder[$"{disk}/slaves/{slave}"], _folder[$"sys/devices/{slave}"]);

        Link($"sys/class/block/{name}", disk);

        if (!Directory.Exists(_folder[$"sys/dev/block/{Number}"]))
            Link($"sys/dev/block/{Number}", disk);
    }

    void Link(string from, string to)
    {
        if (!Directory.Exists(_folder[from]))
            Directory.CreateSymbolicLink(_folder[from], _folder[to]);
    }

    ObservedVolume Look() => Look("/proc");

    ObservedVolume Look(string? data)
        => new VolumeSurvey(PhysicalFileSystem.Instance, _unseen, _folder.FullPath)
            .Look(Policy(_folder["backup"]), new Dictionary<string, string?> { ["main"] = data })["local"];

    static BackupPolicy Policy(string store) => new()
    {
        Clusters = [new ClusterPolicy { Name = "main", Connection = ConnectionSettings.None }],
        Repositories =
        [
            new RepositoryPolicy
            {
                Name = "local",
                Store = StoreAddress.Parse($"file://{store}"),
                Volume = new VolumePolicy { Luks = true },
            },
        ],
    };
}
