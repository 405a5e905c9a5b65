using System.Globalization;
using TomoBackup.Operations;
using TomoBackup.Restores;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;
using TomoBackup.Tests.Verification;

namespace TomoBackup.Tests.Restores;

/// <summary>A cluster with a tablespace is replaced as a whole, or stands as before.</summary>
public sealed class TablespacesInPlaceTests(SmallRepositoryFixture fixture)
    : IClassFixture<SmallRepositoryFixture>, IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string Data => _folder["data"];

    string Space => _folder["spaces/one"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_directory_kept_aside_leads_to_the_tablespace_kept_aside()
    {
        MakeProduction();

        var report = await RestoreAsync(FaultPlan.Count(), Space);

        var kept = Assert.Single(report.Tablespaces);
        Assert.Equal(Space, kept.From);
        Assert.Equal(kept.Aside, new FileInfo($"{report.Aside}/pg_tblspc/16400").LinkTarget);
        Assert.Equal("old", await File.ReadAllTextAsync($"{report.Aside}/pg_tblspc/16400/rows", Cancellation));
        Assert.Equal(Space, new FileInfo($"{Data}/pg_tblspc/16400").LinkTarget);
        Assert.False(File.Exists($"{Space}/rows"));
    }

    [Fact]
    public async Task A_place_that_is_not_the_clusters_own_is_refused_and_nothing_moves()
    {
        MakeProduction();
        Write(_folder["spaces/foreign/rows"], "somebody else's");

        await RefusesAsync(_folder["spaces/foreign"], "is no tablespace of the cluster");
    }

    [Fact]
    public async Task Without_links_a_tablespace_that_is_not_empty_is_refused()
    {
        MakeProduction();
        File.Delete($"{Data}/pg_tblspc/16400");

        await RefusesAsync(Space, "is no tablespace of the cluster");
    }

    [Fact]
    public async Task A_file_in_the_tablespaces_place_is_refused()
    {
        MakeProduction();
        Write(_folder["spaces/file"], "");

        await RefusesAsync(_folder["spaces/file"], "is not a directory");
    }

    [Fact]
    public async Task Another_place_leaves_the_old_tablespace_and_its_link_alone()
    {
        MakeProduction();

        var report = await RestoreAsync(FaultPlan.Count(), _folder["spaces/two"]);

        Assert.Empty(report.Tablespaces);
        Assert.Equal(Space, new FileInfo($"{report.Aside}/pg_tblspc/16400").LinkTarget);
        Assert.Equal("old", await File.ReadAllTextAsync($"{Space}/rows", Cancellation));
    }

    [Theory]
    [InlineData(FaultKind.FailOnce)]
    [InlineData(FaultKind.LoseReply)]
    public async Task Whatever_fails_while_the_old_cluster_is_moved_it_stands_as_before(FaultKind kind)
    {
        MakeProduction();
        var before = Picture();
        var count = FaultPlan.Count();
        await RestoreAsync(count, Space);
        var lastMove = count.Log.ToList().FindLastIndex(o => o.StartsWith("rename ", StringComparison.Ordinal)
            && o.Contains(".before-restore-", StringComparison.Ordinal));
        var itsSync = lastMove + 2;

        for (var at = 1; at <= itsSync; at++)
        {
            Clear();
            MakeProduction();
            var plan = FaultPlan.At(at, kind);

            var failure = await Record.ExceptionAsync(() => RestoreAsync(plan, Space));

            Assert.True(failure is not null || plan.Struck!.Contains("delete ", StringComparison.Ordinal), plan.Struck);

            if (failure is not null)
                Assert.True(before.SequenceEqual(Picture()), $"{plan.Struck}\n{string.Join('\n', Picture())}");
        }
    }

    [Fact]
    public async Task A_move_that_fails_is_told_with_object_and_cause()
    {
        MakeProduction();
        var count = FaultPlan.Count();
        await RestoreAsync(count, Space);
        Clear();
        MakeProduction();

        var failure = await Assert.ThrowsAsync<TomoBackupException>(
            () => RestoreAsync(FaultPlan.At(Last(count, $"rename {Data} to "), FaultKind.FailOnce), Space));

        Assert.Equal(ErrorCode.CannotWrite, failure.Code);
        Assert.StartsWith($"unable to move '{Data}' aside: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("stands as before", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_moved_back_is_named()
    {
        MakeProduction();
        var count = FaultPlan.Count();
        await RestoreAsync(count, Space);
        Clear();
        MakeProduction();

        var failure = await Assert.ThrowsAsync<TomoBackupException>(
            () => RestoreAsync(FaultPlan.At(Last(count, $"rename {Data} to "), FaultKind.FailFromThere), Space));

        Assert.Contains("by hand", failure.Hint, StringComparison.Ordinal);
        Assert.Contains(Space, failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_while_the_old_cluster_is_moved_it_is_run_again()
    {
        MakeProduction();
        var count = FaultPlan.Count();
        await RestoreAsync(count, Space);
        var end = Last(count, $"rename {Data} to ");

        for (var at = 1; at <= end + 1; at++)
        {
            Clear();
            MakeProduction();
            var plan = FaultPlan.At(at, FaultKind.Crash);
            await Assert.ThrowsAsync<SimulatedCrashException>(() => RestoreAsync(plan, Space));

            await RestoreAsync(FaultPlan.Count(), Space);

            Assert.False(File.Exists($"{Space}/rows"), plan.Struck);
            Assert.True(Directory.GetDirectories(_folder["spaces"], "one.before-restore-*")
                .Any(kept => File.Exists($"{kept}/rows")), plan.Struck);
            Assert.Single(Directory.GetDirectories(_folder.Path, "data.before-restore-*"));
        }
    }

    async Task RefusesAsync(string place, string reason)
    {
        var before = Picture();

        var refused = await Assert.ThrowsAsync<TomoBackupException>(() => RestoreAsync(FaultPlan.Count(), place));

        Assert.Equal(ErrorCode.Refused, refused.Code);
        Assert.Contains($"'{place}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Picture());
    }

    void MakeProduction()
    {
        Write($"{Space}/rows", "old");
        Write($"{Data}/PG_VERSION", "18\n");
        Directory.CreateDirectory($"{Data}/pg_tblspc");
        File.CreateSymbolicLink($"{Data}/pg_tblspc/16400", Space);
        Directory.CreateDirectory($"{Data}/global");
        File.WriteAllBytes($"{Data}/global/pg_control", BitConverter.GetBytes(
            ulong.Parse(fixture.Small.Lineage.SystemIdentifier, CultureInfo.InvariantCulture)));
    }

    async Task<RestoreReport> RestoreAsync(FaultPlan plan, string place)
    {
        var small = fixture.Small;
        var backup = small.Backups.First(b => b.Cluster.TablespaceMap.Length > 0).Manifest.Backup;
        using var keys = small.Keys(small.Repository);
        var operation = new RestoreOperation(new RestoreContext
        {
            Sources = await RestoreSources.ReadAsync(small.Repository, small.Lineage, keys, Cancellation),
            Files = new FaultyFileSystem(PhysicalFileSystem.Instance, plan),
            Time = TimeProvider.System,
            Progress = new Progress<OperationProgress>(),
            Program = "/usr/bin/tomo-backup",
        });
        var options = new RestoreOptions
        {
            Target = new RestoreTarget.Immediate(),
            Backup = backup,
            Directory = Data,
            InPlace = true,
            Workers = 1,
            Tablespaces = new Dictionary<string, string> { ["/srv/space"] = place },
        };
        return await operation.RunAsync(await operation.PlanAsync(options, Cancellation), options, [], Cancellation);
    }

    static int Last(FaultPlan plan, string operation)
        => 1 + plan.Log.ToList().FindLastIndex(o => o.StartsWith(operation, StringComparison.Ordinal));

    static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    void Clear()
    {
        foreach (var folder in Directory.GetDirectories(_folder.Path))
            Directory.Delete(folder, recursive: true);
    }

    List<string> Picture()
        => [.. new DirectoryInfo(_folder.Path).EnumerateFileSystemInfos("*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = 0,
        }).Select(e => $"{e.FullName} {e.LinkTarget}").Order(StringComparer.Ordinal)];
}
