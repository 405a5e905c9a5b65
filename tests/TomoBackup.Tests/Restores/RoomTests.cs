using TomoBackup.Operations;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Restores;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;
using TomoBackup.Tests.Verification;

namespace TomoBackup.Tests.Restores;

/// <summary>A disk that is too small is said before anything is moved or written.</summary>
public sealed class RoomTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>, IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_room_nothing_is_touched(bool inPlace)
    {
        var directory = _folder["data"];

        if (inPlace)
        {
            Directory.CreateDirectory(directory);
            await File.WriteAllTextAsync($"{directory}/PG_VERSION", "18\n", Cancellation);
        }

        var before = Entries();
        var refused = await Assert.ThrowsAsync<TomoBackupException>(() => RestoreAsync(directory, inPlace, room: 100));

        Assert.Equal(ErrorCode.CannotWrite, refused.Code);
        Assert.Contains("100 bytes free", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
    }

    [Fact]
    public void Room_of_directory_and_tablespaces_on_one_file_system_counts_once()
    {
        var manifest = fixture.Small.Backups[0].Manifest;
        var target = new TargetDirectory(Disk(manifest.FileBytes - 1), _folder["data"]);
        var map = TablespaceMap.Parse($"16400 {_folder["space"]}\n");

        Assert.Throws<TomoBackupException>(() => target.CheckRoom(manifest, map));
        new TargetDirectory(Disk(manifest.FileBytes), _folder["data"]).CheckRoom(manifest, map);
    }

    async Task RestoreAsync(string directory, bool inPlace, long room)
    {
        var small = fixture.Small;
        using var keys = small.Keys(small.Repository);
        var context = new RestoreContext
        {
            Sources = await RestoreSources.ReadAsync(small.Repository, small.Lineage, keys, Cancellation),
            Files = Disk(room),
            Time = TimeProvider.System,
            Progress = new Progress<OperationProgress>(),
            Program = "/usr/bin/tomo-backup",
        };
        var options = new RestoreOptions
        {
            Target = new RestoreTarget.Immediate(),
            Backup = small.Backups[1].Manifest.Backup,
            Directory = directory,
            InPlace = inPlace,
        };
        var operation = new RestoreOperation(context);
        var plan = await operation.PlanAsync(options, Cancellation);
        await operation.RunAsync(plan, options, [], Cancellation);
    }

    static FaultyFileSystem Disk(long room)
        => new(PhysicalFileSystem.Instance, FaultPlan.Count()) { Room = room };

    List<string> Entries()
        => [.. Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order()];
}
