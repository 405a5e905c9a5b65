using TomoBackup.Storage;
using TomoBackup.Storage.Rclone;
using TomoBackup.Testing.Rclone;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.Rclone;

/// <summary>What every remote promises; a class for each kind of remote.</summary>
public abstract class RcloneConformance : DirectoryConformance, IAsyncLifetime
{
    protected static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    protected RcloneStore Remote { get; private set; } = null!;

    protected TestRclone Rclone { get; private set; } = null!;

    protected override IObjectStore Store => Remote;

    protected string Name { get; } = $"store-{Guid.NewGuid():N}";

    protected abstract StoreGuarantees Expected { get; }

    public async ValueTask InitializeAsync()
    {
        Rclone = await PrepareAsync();
        Remote = await RcloneStore.OpenAsync(
            Files, Address, Rclone.Options, TimeProvider.System, isNew: true, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Remote.DisposeAsync();
        Assert.Empty(Rclone.Processes());
        Assert.Empty(Files.List(Rclone.WorkFolder));
        Rclone.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Promises_what_the_remote_allows() => Assert.Equal(Expected, Remote.Guarantees);

    protected abstract StoreAddress Address { get; }

    protected virtual Task<TestRclone> PrepareAsync() => TestRclone.CreateAsync();
}
