using TomoBackup.Operations;
using TomoBackup.Repositories;
using TomoBackup.Tests.Verification;

namespace TomoBackup.Tests.Restores;

/// <summary>A host that was taken over signs what it likes: no name in a backup leads out of the target.</summary>
public sealed class HostilePathTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("../x")]
    [InlineData("base/../../x")]
    [InlineData("/etc/x")]
    [InlineData("base//x")]
    [InlineData("./x")]
    [InlineData("x/.")]
    [InlineData("")]
    [InlineData("x\0y")]
    public async Task A_path_that_is_not_plainly_below_the_data_directory_is_refused(string path)
    {
        var reworked = new ReworkedRepository(fixture.Small);
        await reworked.RewriteListAsync(line => line.Path == "global/pg_control" ? line with { Path = path } : line);

        await RefusesAsync(reworked, async contents =>
        {
            await foreach (var line in contents.ReadFilesAsync(Cancellation))
                Assert.NotEqual(path, line.Path);
        });
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("/etc/x")]
    [InlineData("00000002.history/../../x")]
    [InlineData("000000010000000000000001")]
    [InlineData("")]
    public async Task A_history_file_of_another_name_is_refused(string name)
    {
        var reworked = new ReworkedRepository(fixture.Small);
        await reworked.RewriteClusterAsync(cluster => cluster with { History = [new NamedContent(name, [1])] });

        await RefusesAsync(reworked, contents => contents.ReadClusterAsync(Cancellation));
    }

    [Fact]
    public async Task A_document_that_was_only_written_anew_is_read()
    {
        var reworked = new ReworkedRepository(fixture.Small);
        await reworked.RewriteClusterAsync(
            cluster => cluster with { History = [new NamedContent("00000002.history", [1])] });

        Assert.Single((await (await OpenAsync(reworked)).ReadClusterAsync(Cancellation)).History);
    }

    async Task RefusesAsync(ReworkedRepository reworked, Func<BackupContents, Task> read)
    {
        var contents = await OpenAsync(reworked);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => read(contents));

        Assert.Equal(ErrorCode.RepositoryDamaged, Failures.Understand(failure)?.Code);
    }

    async Task<BackupContents> OpenAsync(ReworkedRepository reworked)
    {
        var repository = fixture.Small.Over(reworked.Store);
        var catalog = await Catalog.ReadAsync(repository, fixture.Small.Lineage, Cancellation);
        var manifest = catalog.Backups.Single(backup => backup.Backup == fixture.Small.Backups[0].Manifest.Backup);
        return new BackupContents(repository, manifest, fixture.Small.Keys(repository));
    }
}
