using System.Globalization;
using TomoBackup.Scenarios.MainJob;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>What <c>backup</c> alone takes, by the policy's schedules: what a timer runs.</summary>
public sealed class DueBackupTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backup_alone_takes_what_is_due_and_compares_it_with_the_cluster_when_that_is_due()
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize: true));
        var later = DateTimeOffset.UtcNow.AddMonths(6).Month.ToString(CultureInfo.InvariantCulture);
        Schedule(production, $"0 2 1 {later} *", $"0 3 1 {later} *", $"0 3 1 {later} *");

        var first = await production.Tool.ExpectAsync(0, "backup");
        Assert.StartsWith("full backup ", first.Output, StringComparison.Ordinal);
        Assert.Contains("full, because there is no full backup yet", first.Output, StringComparison.Ordinal);

        var none = await production.Tool.ExpectAsync(0, "backup");
        Assert.Contains("no backup is due", none.Output, StringComparison.Ordinal);
        Assert.Contains($"-{later.PadLeft(2, '0')}-01 02:00", none.Output, StringComparison.Ordinal);

        await production.Ledger.WriteAsync(20);
        await NextMinuteAsync();
        Schedule(production, $"0 2 1 {later} *", "* * * * *", $"0 3 1 {later} *");
        var plain = await production.Tool.ExpectAsync(0, "backup");
        Assert.StartsWith("incremental backup ", plain.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("audit:", plain.Output, StringComparison.Ordinal);

        await NextMinuteAsync();
        Schedule(production, $"0 2 1 {later} *", "* * * * *", "* * * * *");
        var compared = await production.Tool.ExpectAsync(0, "backup");
        Assert.StartsWith("incremental backup ", compared.Output, StringComparison.Ordinal);
        Assert.Contains(
            "pages were compared with the cluster and none differs", compared.Output, StringComparison.Ordinal);
        var shown = await production.Tool.ExpectAsync(0, "show", "latest");
        Assert.Contains("pages were compared with the cluster, none differed", shown.Output, StringComparison.Ordinal);
    }

    static void Schedule(ProtectedCluster production, string full, string incremental, string audit)
        => (production.Policy with
        {
            ClusterKeys = [$"full: \"{full}\"", $"incremental: \"{incremental}\"", $"audit: \"{audit}\""],
        }).WriteTo(production.Folder);

    /// <summary>Schedules know whole minutes.</summary>
    static Task NextMinuteAsync()
        => Task.Delay(TimeSpan.FromSeconds(60.5 - (DateTimeOffset.UtcNow.Second % 60)), Cancelled);
}
