using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>A restore arrives at the moment that was asked for, and says so where it cannot.</summary>
public sealed class RestoreToAMomentTests(TwoBackups backups) : IClassFixture<TwoBackups>
{
    ProtectedCluster Production => backups.Production;

    CommitLedger Ledger => backups.Production.Ledger;

    [Fact]
    public async Task A_time_between_two_commits_brings_back_exactly_the_rows_up_to_it()
    {
        var (copy, result) = await Production.RestoreAsync("time", "--to-time", Words.Of(backups.Behind.Time));

        Assert.Contains("as planned", result.Output, StringComparison.Ordinal);
        Assert.Contains(backups.Second.Id, result.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, Ledger.At(backups.Behind));
        Assert.True(Ledger.Entries.Count > backups.Behind.Commits);
    }

    [Fact]
    public async Task A_time_before_the_end_of_the_newer_backup_is_reached_from_the_older()
    {
        var (copy, result) = await Production.RestoreAsync("between", "--to-time", Words.Of(backups.Between.Time));

        Assert.Contains(backups.First.Id, result.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, Ledger.At(backups.Between));
    }

    [Fact]
    public async Task A_moment_while_a_backup_was_running_is_reached_from_the_one_before()
    {
        var (copy, result) = await Production.RestoreAsync("during", "--to-time", Words.Of(backups.During.Time));

        Assert.Contains(backups.First.Id, result.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, Ledger.At(backups.During));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_position_of_a_commit_is_reached_with_it_and_exclusively_without_it(bool exclusive)
    {
        var commit = Ledger.Entries.Single(entry => entry.Transaction == backups.Behind.LastTransaction);
        string[] arguments = ["--to-lsn", $"{commit.Before}", .. exclusive ? ["--exclusive"] : Array.Empty<string>()];

        var (copy, _) = await Production.RestoreAsync($"lsn-{exclusive}", arguments);

        var all = Ledger.At(backups.Behind);
        var expected = exclusive ? all with { Must = [.. all.Must.Where(entry => entry != commit)] } : all;
        await CommitLedger.VerifyAsync(copy, expected);
    }

    [Fact]
    public async Task A_position_before_the_end_of_the_newer_backup_is_reached_from_the_older()
    {
        var (copy, result) = await Production.RestoreAsync("lsn-older", "--to-lsn", $"{backups.Between.Lsn}");

        Assert.Contains(backups.First.Id, result.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, Ledger.At(backups.Between));
    }

    [Fact]
    public async Task Latest_brings_back_all_that_was_archived()
    {
        var (copy, _) = await Production.RestoreAsync("latest", "--latest");

        await CommitLedger.VerifyAsync(copy, Ledger.Everything);
        Assert.Equal("off", await copy.ScalarAsync<string>("SHOW archive_mode"));
    }

    [Fact]
    public async Task Immediate_brings_back_the_end_of_the_backup()
    {
        var (copy, _) = await Production.RestoreAsync("end", "--backup", backups.First.Id, "--immediate");

        await CommitLedger.VerifyAsync(copy, Ledger.At(backups.First.StopLsn));
    }

    [Fact]
    public async Task A_time_without_a_later_commit_is_the_end_of_the_archive()
    {
        var later = DateTimeOffset.UtcNow.AddHours(1);

        var (copy, result) = await Production.RestoreAsync("later", "--to-time", Words.Of(later));

        Assert.Contains("the archive holds nothing later", result.Errors, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, Ledger.Everything);
    }

    [Fact]
    public async Task A_time_before_the_first_backup_is_refused_before_a_byte_is_copied()
    {
        var place = Production.Folder["before"];

        var refusal = await Production.Tool.ExpectAsync(
            16, "restore", "--to-time", Words.Of(backups.BeforeAll), "--into", place);

        refusal.Refuses("cannot be reached on timeline 1", $"'--backup {backups.First.Id} --immediate'");
        Assert.False(Path.Exists(place));
    }

    [Fact]
    public async Task A_position_beyond_the_archive_is_refused_with_the_nearest_that_is_there()
    {
        var place = Production.Folder["beyond"];

        var refusal = await Production.Tool.ExpectAsync(16, "restore", "--to-lsn", "7F/0", "--into", place);

        refusal.Refuses("the archive ends at", "The nearest moment is LSN");
        Assert.False(Path.Exists(place));
        var nearest = refusal.Errors.Split("--to-lsn ")[1].Split('\'')[0];
        var (copy, _) = await Production.RestoreAsync("nearest", "--to-lsn", nearest);
        await CommitLedger.VerifyAsync(copy, Ledger.Everything);
    }

    [Fact]
    public async Task A_plan_says_what_a_restore_would_do_and_does_nothing()
    {
        var place = Production.Folder["plan"];

        var plan = await Production.Tool.ExpectAsync(
            0, "restore", "--to-time", Words.Of(backups.Behind.Time), "--into", place, "--plan");

        Assert.Contains(backups.Second.Id, plan.Output, StringComparison.Ordinal);
        Assert.Contains("recovery_target_time", plan.Output, StringComparison.Ordinal);
        Assert.False(Path.Exists(place));
    }
}
