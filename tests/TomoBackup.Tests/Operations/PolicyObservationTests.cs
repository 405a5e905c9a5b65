using TomoBackup.Operations;
using TomoBackup.Policies.Review;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;
using TomoBackup.Testing;
using TomoBackup.Testing.Storage;
using TomoBackup.Testing.Tiny;

namespace TomoBackup.Tests.Operations;

/// <summary>What is seen of a whole host: a cluster of paper, repositories in memory.</summary>
public sealed class PolicyObservationTests : IDisposable
{
    readonly TestFolder _folder = TestFolder.InMemory();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Before_the_first_backup_there_is_none_and_no_key_was_tried()
    {
        var seen = Cluster(await (await HostAsync(2)).ObserveAsync(FaultPlan.Count(), null, Token));

        Assert.Equal(["store-0", "store-1"], seen.Archives.Keys);
        Assert.All(seen.Archives.Values, archive => Assert.Null(archive.NewestGood ?? archive.NewestFull));
        Assert.Equal((18, "replica", "on"), (seen.Server!.Major, seen.Server.WalLevel, seen.Server.ArchiveMode));
        Assert.Equal(new RunHistory(null, null), seen.History);
    }

    [Fact]
    public async Task A_backup_its_WAL_and_a_tried_key_are_seen()
    {
        var host = await HostAsync(1);
        await host.BackupAsync(FaultPlan.Count(), Token);
        await host.CheckKeysAsync(FaultPlan.Count(), Token);

        var seen = Cluster(await host.ObserveAsync(FaultPlan.Count(), null, Token));
        var archive = seen.Archives["store-0"];

        Assert.NotNull(archive.NewestGood);
        Assert.NotNull(archive.NewestFull);
        Assert.NotNull(archive.NewestWal);
        Assert.Equal(0, archive.ClosedAndMissing);
        Assert.NotNull(seen.History!.KeysTried);
        Assert.Null(seen.History.Restored);
    }

    [Fact]
    public async Task Status_and_policy_check_say_the_same_of_keys()
    {
        var host = await HostAsync(1);
        var journal = new OperationJournal(PhysicalFileSystem.Instance, host.StateDirectory);
        var survey = new JournalSurvey(journal, "main");

        // Init makes keys, and opens nothing with them.
        Assert.NotEmpty(journal.Newest("init"));
        Assert.Null(survey.Read(isSealed: false).KeysTried);
        Assert.Null(await TriedAsync());

        await host.CheckKeysAsync(FaultPlan.Count(), Token);

        Assert.NotNull(await TriedAsync());
        Assert.Equal(await TriedAsync(), survey.Read(isSealed: false).KeysTried);

        // So does a restore that went to an open server: it has opened all that it needed.
        var restored = DateTimeOffset.UtcNow.AddHours(1);
        journal.Record(new JournalEntry(
            restored, "restore", "main", JournalEntry.Done, 0, 60, null,
            new JournalNote { Started = true, Bytes = 1 << 20 }));

        Assert.Equal(restored, await TriedAsync());
        Assert.Equal(restored, survey.Read(isSealed: false).KeysTried);

        async Task<DateTimeOffset?> TriedAsync()
            => Cluster(await host.ObserveAsync(FaultPlan.Count(), null, Token)).History!.KeysTried;
    }

    [Fact]
    public async Task The_command_that_archives_is_seen_beside_the_one_that_setup_would_set()
    {
        var server = Cluster(await (await HostAsync(1)).ObserveAsync(FaultPlan.Count(), null, Token)).Server!;

        Assert.Equal("tomo-backup wal push %p", server.ArchiveCommand);
        Assert.Equal("/usr/bin/tomo-backup --policy /etc/policy.yaml wal push %p", server.WantedCommand);
    }

    [Fact]
    public async Task Segments_that_the_server_has_closed_and_nobody_archived_are_counted()
    {
        var host = await HostAsync(1);
        await host.BackupAsync(FaultPlan.Count(), Token);

        for (var segments = 0; segments < 2; segments++)
        {
            host.Cluster.Write();
            host.Cluster.FinishSegment();
        }

        host.Cluster.Write();

        var seen = Cluster(await host.ObserveAsync(FaultPlan.Count(), null, Token));
        Assert.Equal(2, seen.Archives["store-0"].ClosedAndMissing);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_hides_nothing_else()
    {
        var host = await HostAsync(1);
        await host.BackupAsync(FaultPlan.Count(), Token);

        var seen = await host.ObserveAsync(
            FaultPlan.Count(),
            () => throw new PostgresServerException(ServerFailure.Unreachable, "unable to connect: refused"), Token);

        Assert.Contains(
            seen.Unseen, fact => fact is { Path: "clusters.main", Why: "unable to connect: refused" });
        Assert.Null(Cluster(seen).Server);
        Assert.Null(Cluster(seen).Archives["store-0"].ClosedAndMissing);
        Assert.NotNull(Cluster(seen).Archives["store-0"].NewestFull);
    }

    [Fact]
    public async Task A_fault_at_any_place_is_told_and_never_taken_for_being_well()
    {
        var host = await HostAsync(1);
        await host.BackupAsync(FaultPlan.Count(), Token);
        var whole = FaultPlan.Count();
        var well = await host.ObserveAsync(whole, null, Token);
        Assert.InRange(whole.Operations, 10, 500);

        for (var operation = 1; operation <= whole.Operations; operation++)
        {
            var plan = FaultPlan.At(operation, FaultKind.FailOnce);
            var seen = await host.ObserveAsync(plan, null, Token);

            Assert.True(
                seen.Unseen.Count > well.Unseen.Count || IsTheSame(Cluster(seen), Cluster(well)),
                $"'{plan.Struck}' failed in silence");
        }
    }

    static bool IsTheSame(ObservedCluster seen, ObservedCluster well)
        => seen.Archives.GetValueOrDefault("store-0") == well.Archives["store-0"]
            && seen.History == well.History
            && seen.Server == well.Server;

    static ObservedCluster Cluster(ObservedFacts facts) => Assert.Single(facts.Clusters.Values);

    Task<TinyHost> HostAsync(int repositories) => TinyHost.CreateAsync(_folder, repositories, null, Token);
}
