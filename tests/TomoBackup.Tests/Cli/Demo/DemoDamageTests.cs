using TomoBackup.Cli.Demo;
using TomoBackup.Codecs;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;
using TomoBackup.Tests.Codecs;

namespace TomoBackup.Tests.Cli.Demo;

public sealed class DemoDamageTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    [Fact]
    public void Spoils_one_frame_so_that_the_pack_no_longer_opens()
    {
        var pack = SmallPack.Encode(SmallPack.Frames, publicNote: """{"some":"note"}""");
        var path = Store("20261122T020000Z-aaaaaaaa", "pack-00000", pack);

        var damage = DemoDamage.Spoil(PhysicalFileSystem.Instance, _folder.Path);

        var spoilt = File.ReadAllBytes(path);
        var changed = Enumerable.Range(0, pack.Length).Where(at => spoilt[at] != pack[at]).ToList();
        var (offset, length) = DemoDamage.Frames(pack)[1];
        Assert.Equal(new DamagedFrame(path, 1, offset), damage);
        Assert.Equal(pack.Length, spoilt.Length);
        Assert.InRange(changed.Count, 1, 8);
        Assert.All(changed, at => Assert.InRange(at, offset, offset + length - 1));
        Assert.Equal(SmallPack.Frames.SelectMany(static frame => frame), SmallPack.Decode(pack));
        Assert.Equal(CodecFailure.Damaged, SmallPack.FailureOf(spoilt));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Takes_the_longest_pack_of_the_newest_backup()
    {
        var longer = SmallPack.Encode([.. SmallPack.Frames, .. SmallPack.Frames]);
        var old = Store("20261121T020000Z-ffffffff", "pack-00000", longer);
        var small = Store("20261122T020000Z-aaaaaaaa", "pack-00000", SmallPack.Encode(SmallPack.Frames));
        var large = Store("20261122T020000Z-aaaaaaaa", "pack-00001", longer);
        var before = File.ReadAllBytes(small);

        Assert.Equal(large, DemoDamage.Spoil(PhysicalFileSystem.Instance, _folder.Path).Path);
        Assert.Equal(longer, File.ReadAllBytes(old));
        Assert.Equal(before, File.ReadAllBytes(small));
    }

    [Fact]
    public void Says_that_there_is_no_backup()
        => Assert.Equal(
            ErrorCode.NotFound,
            Assert.Throws<TomoBackupException>(
                () => DemoDamage.Spoil(PhysicalFileSystem.Instance, _folder.Path)).Code);

    public void Dispose() => _folder.Dispose();

    string Store(string backup, string name, byte[] pack)
    {
        var directory = Directory.CreateDirectory(
            _folder[$"backup/00112233445566778899aabbccddeeff/20261121T020000Z-ffffffff/{backup}"]);
        var path = Path.Combine(directory.FullName, name);
        File.WriteAllBytes(path, pack);
        return path;
    }
}
