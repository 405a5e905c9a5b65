using TomoBackup.Storage;
using TomoBackup.Testing.Rclone;
using TomoBackup.Testing.Storage;
using TomoBackup.Scenarios.Sftp;

namespace TomoBackup.Scenarios.Rclone;

public sealed class RcloneLocalTests : RcloneConformance
{
    protected override StoreAddress Address => Rclone.AddressOf("local", Rclone[Name]);

    // A disk: rclone moves there, and syncs nothing.
    protected override StoreGuarantees Expected
        => new() { OneCreatorWins = false, AppearsWhole = true, IsDurable = false };

    [Fact]
    public async Task Leaves_nothing_behind_beside_its_objects()
    {
        await Store.PutAsync("a", new byte[1], Token);
        await Store.PutAsync("a", new byte[1], Token);

        await using (var writer = await Store.CreateAsync(new("b"), Token))
            await writer.WriteAsync(new byte[3 << 20], Token);

        Assert.Empty(Files.List($"{Rclone[Name]}/.incoming"));
        Assert.Equal(["rc"], Files.List(Files.List(Rclone.WorkFolder).Select(folder
            => $"{Rclone.WorkFolder}/{folder.Name}").Single()).Select(file => file.Name));
    }
}

public sealed class RcloneCryptTests : RcloneConformance
{
    protected override StoreAddress Address => Rclone.AddressOf("crypt", Name);

    protected override StoreGuarantees Expected
        => new() { OneCreatorWins = false, AppearsWhole = true, IsDurable = false };

    // 143 characters become 255 when they are encrypted.
    protected override int LongestSegment => 143;
}

/// <summary>A remote that cannot move and shows no unfinished uploads, as buckets do.</summary>
public sealed class RcloneMemoryTests : RcloneConformance
{
    protected override StoreAddress Address => Rclone.AddressOf("memory", $"bucket/{Name}");

    protected override StoreGuarantees Expected
        => new() { OneCreatorWins = false, AppearsWhole = true, IsDurable = true };
}

public sealed class RcloneCryptServerTests(SshServerFixture fixture)
    : RcloneConformance, IClassFixture<SshServerFixture>
{
    protected override StoreAddress Address => Rclone.AddressOf("crypt-server", Name);

    protected override StoreGuarantees Expected
        => new() { OneCreatorWins = false, AppearsWhole = true, IsDurable = false };

    protected override int LongestSegment => 143;

    protected override Task<TestRclone> PrepareAsync() => TestRclone.CreateAsync(fixture.Server);
}
