using System.Globalization;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Tests.Postgres.Server;

/// <summary>The logs beside this file come from real recoveries of 15.18, 17.11 and 18.6, one for each kind of target.
/// </summary>
public sealed class RecoveryLogTests
{
    [Theory]
    [InlineData("15-time", "0/700028", "0/700100", "0/700100", 2u)]
    [InlineData("17-xid", "0/700028", "0/700120", "0/700120", 2u)]
    [InlineData("18-immediate", "0/900028", "0/900120", "0/900120", 2u)]
    [InlineData("18-pause", "0/900028", "0/900120", "0/900120", null)]
    public void Tells_where_a_backup_began_and_ended(
        string log, string redo, string end, string consistent, uint? newTimeline)
    {
        var recovery = Read(log);

        Assert.Equal(Lsn.Parse(redo), recovery.BackupRedo);
        Assert.Equal(Lsn.Parse(redo), recovery.RedoStart);
        Assert.Equal(1u, recovery.BackupTimeline);
        Assert.Equal(Lsn.Parse(end), recovery.BackupEnd);
        Assert.Equal(Lsn.Parse(consistent), recovery.Consistent);
        Assert.Equal(newTimeline, recovery.NewTimeline);
        Assert.Equal(newTimeline is not null, recovery.Complete);
    }

    [Fact]
    public void Tells_that_it_stopped_before_a_transaction_later_than_the_time()
    {
        var recovery = Read("15-time");

        Assert.Equal("2026-11-22 19:58:02.798937+00", recovery.Target);
        Assert.Equal(
            new RecoveryStop(RecoveryStopReason.Abort, Inclusive: false)
            {
                Transaction = 729,
                Time = At("2026-11-22T19:58:02.865698Z"),
            },
            recovery.Stop);
        Assert.True(recovery.LastTransaction < At("2026-11-22T19:58:02.798937Z"));
    }

    [Theory]
    [InlineData("17-xid", true)]
    [InlineData("17-xid-exclusive", false)]
    public void Tells_on_which_side_of_a_transaction_it_stopped(string log, bool inclusive)
        => Assert.Equal(
            new RecoveryStop(RecoveryStopReason.Commit, inclusive)
            {
                Transaction = 742,
                Time = At("2026-11-22T19:58:22.087637Z"),
            },
            Read(log).Stop);

    [Theory]
    [InlineData("18-lsn", "0/A01FF8", true)]
    [InlineData("15-lsn-exclusive", "0/8001C8", false)]
    public void Tells_on_which_side_of_a_position_it_stopped(string log, string lsn, bool inclusive)
        => Assert.Equal(
            new RecoveryStop(RecoveryStopReason.Lsn, inclusive) { Lsn = Lsn.Parse(lsn) }, Read(log).Stop);

    [Fact]
    public void Reads_the_name_of_a_restore_point_with_quotes_in_it()
        => Assert.Equal(
            new RecoveryStop(RecoveryStopReason.RestorePoint, Inclusive: true)
            {
                Name = "before \"it\"",
                Time = At("2026-11-22T19:58:02.893863Z"),
            },
            Read("15-name").Stop);

    [Fact]
    public void Tells_that_it_stopped_at_consistency()
        => Assert.Equal(
            new RecoveryStop(RecoveryStopReason.Consistency, Inclusive: true), Read("18-immediate").Stop);

    [Fact]
    public void Reads_times_of_a_server_that_is_not_in_UTC()
    {
        var recovery = Read("18-zone");

        Assert.Equal(At("2026-11-22T19:58:48.119082Z"), recovery.Stop?.Time);
        Assert.Equal(At("2026-11-22T19:58:47.917905Z"), recovery.LastTransaction);
    }

    [Fact]
    public void Has_no_stop_where_replay_ran_to_the_end_of_WAL()
    {
        var recovery = Read("17-end");

        Assert.Null(recovery.Target);
        Assert.Null(recovery.Stop);
        Assert.True(recovery.Complete);
        Assert.Equal(3, recovery.RestoredFiles);
        Assert.Equal("000000010000000000000008", recovery.LastRestoredFile);
    }

    [Fact]
    public void Tells_that_the_server_waits_at_its_target()
    {
        var recovery = Read("18-pause");

        Assert.True(recovery.Paused);
        Assert.False(recovery.Complete);
        Assert.Equal(Lsn.Parse("0/A01FF8"), recovery.Stop?.Lsn);
    }

    [Fact]
    public void Quotes_the_reason_of_a_failed_recovery_and_not_what_was_said_after_it()
    {
        var recovery = Read("18-unreached");

        Assert.Equal(["recovery ended before configured recovery target was reached"], recovery.Fatal);
        Assert.Equal("recovery ended before configured recovery target was reached", recovery.LastWords);
        Assert.False(recovery.Complete);
        Assert.NotNull(recovery.RedoDone);
    }

    [Fact]
    public void Tells_of_a_server_that_shut_down_at_its_target()
    {
        var recovery = Read("18-shutdown");

        Assert.Equal(757u, recovery.Stop?.Transaction);
        Assert.False(recovery.Complete);
        Assert.Empty(recovery.Fatal);
        Assert.Null(recovery.NewTimeline);
    }

    [Fact]
    public void Forgets_an_earlier_start_of_the_same_log()
    {
        var recovery = RecoveryLog.Parse([.. Lines("18-unreached"), .. Lines("18-immediate")]);

        Assert.Empty(recovery.Fatal);
        Assert.Equal(RecoveryStopReason.Consistency, recovery.Stop?.Reason);
        Assert.Equal(Read("18-immediate").RestoredFiles, recovery.RestoredFiles);
    }

    [Theory]
    [InlineData("")]
    [InlineData("LOG: ")]
    [InlineData("cp: cannot stat 'FATAL': No such file or directory")]
    [InlineData("STATEMENT:  SELECT 'LOG:  archive recovery complete'")]
    [InlineData("2026-11-22 [1] db=LOG LOG:  redo starts at somewhere")]
    public void Takes_no_news_from_lines_that_hold_none(string line)
    {
        var recovery = new RecoveryLog().With(line);

        Assert.Equal(new RecoveryLog() with { LastWords = recovery.LastWords, Fatal = recovery.Fatal }, recovery);
        Assert.Empty(recovery.Fatal);
    }

    static RecoveryLog Read(string log) => RecoveryLog.Parse(Lines(log));

    static IEnumerable<string> Lines(string log)
        => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Postgres", "Server", "Logs", $"{log}.log"));

    static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
