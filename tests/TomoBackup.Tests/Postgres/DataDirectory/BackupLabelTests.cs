using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;

namespace TomoBackup.Tests.Postgres.DataDirectory;

public sealed class BackupLabelTests
{
    [Fact]
    public void Reads_a_label_of_a_server()
    {
        var label = BackupLabel.Parse(Fixture.Text("backup_label.15.txt"));

        Assert.Equal(
            new BackupLabel
            {
                StartWal = Lsn.Parse("0/E00028"),
                StartWalFile = "00000001000000000000000E",
                Checkpoint = Lsn.Parse("0/E00060"),
                Method = "streamed",
                FromStandby = false,
                StartTime = "2026-11-22 19:46:44 UTC",
                Label = "fixture backup",
                StartTimeline = 1,
            },
            label);
    }

    [Fact]
    public void Reads_a_label_with_line_breaks_and_an_incremental_start()
    {
        var text = Fixture.Text("backup_label.15.txt")
            .Replace("fixture backup", "two\nSTART TIMELINE: 9\nlines", StringComparison.Ordinal)
            .Replace("primary", "standby", StringComparison.Ordinal)
            + "INCREMENTAL FROM LSN: 0/C00028\nINCREMENTAL FROM TLI: 1\n";
        var label = BackupLabel.Parse(text);

        Assert.Equal("two\nSTART TIMELINE: 9\nlines", label.Label);
        Assert.True(label.FromStandby);
        Assert.Equal(Lsn.Parse("0/C00028"), label.IncrementalFrom);
    }

    [Theory]
    [InlineData("\n", "\r\n")]
    [InlineData("START WAL", "start WAL")]
    [InlineData("0/E00028", "0-E00028")]
    [InlineData("(file 00000001000000000000000E)", "")]
    [InlineData("TIMELINE: 1", "TIMELINE: 2")]
    [InlineData("CHECKPOINT LOCATION: 0/E00060\n", "")]
    [InlineData("primary", "elsewhere")]
    [InlineData("LABEL: fixture backup\n", "")]
    [InlineData("START TIMELINE: 1\n", "START TIMELINE: 1")]
    public void Refuses_what_PostgreSQL_would_not_have_written(string old, string changed)
    {
        var text = Fixture.Text("backup_label.15.txt").Replace(old, changed, StringComparison.Ordinal);
        Assert.Throws<PostgresFormatException>(() => BackupLabel.Parse(text));
    }
}
