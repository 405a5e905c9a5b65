using Microsoft.Extensions.Time.Testing;
using TomoBackup.Cli.Output;
using TomoBackup.Operations;

namespace TomoBackup.Tests.Cli;

public sealed class OutputTests
{
    const long MiB = 1 << 20;

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1536 * MiB, "1.5 GiB")]
    [InlineData(1024 * MiB - 1, "1.0 GiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void Sizes_are_binary(long bytes, string expected) => Assert.Equal(expected, Readable.Size(bytes));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(0.85, "850 ms")]
    [InlineData(0.9996, "1.0 s")]
    [InlineData(4.25, "4.2 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.9, "1 min 00 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(3599.9, "1 h 00 min")]
    [InlineData(11_220, "3 h 07 min")]
    [InlineData(187_200, "2 d 4 h")]
    public void Spans_have_two_units(double seconds, string expected)
        => Assert.Equal(expected, Readable.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(12, "12 s ago")]
    [InlineData(-300, "in 5 min")]
    [InlineData(10_800, "3 h ago")]
    [InlineData(200_000, "2 d ago")]
    public void Ages_have_one_unit(int seconds, string expected)
    {
        var now = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(expected, Readable.Age(now.AddSeconds(-seconds), now));
    }

    [Fact]
    public void Times_are_UTC()
        => Assert.Equal(
            "2026-11-22 13:03:05 UTC",
            Readable.Time(new DateTimeOffset(2026, 11, 22, 14, 3, 5, TimeSpan.FromHours(1))));

    [Fact]
    public void A_table_is_aligned_and_holds_back_control_characters()
    {
        var table = new Table(new("backup"), new("size", AlignRight: true), new("label"));
        table.Add("20261122-0200", "1.5 GiB", "");
        table.Add("b", "512 B", "red\e[31m\nline");

        Assert.Equal(
            """
            backup            size  label
            20261122-0200  1.5 GiB
            b                512 B  red?[31m?line

            """,
            table.Draw(boldTitles: false));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void Colour_is_for_people_who_want_it(bool isTerminal, bool allowed, bool isColoured)
    {
        var terminal = new CapturedTerminal(isTerminal);

        new Report(terminal, new ReportMode(Color: allowed)).Warn("look");

        Assert.Equal(isColoured ? "\e[1;33mwarning:\e[0m look\n" : "warning: look\n", terminal.Complained.ToString());
    }

    [Theory]
    [InlineData(null, "xterm", true)]
    [InlineData("", "xterm", true)]
    [InlineData("1", "xterm", false)]
    [InlineData(null, "dumb", false)]
    public void NO_COLOR_and_a_dumb_terminal_are_honoured(string? noColor, string term, bool expected)
        => Assert.Equal(expected, Paint.IsAllowed(name => name is "NO_COLOR" ? noColor : term));

    [Fact]
    public void Quiet_keeps_warnings_and_drops_notes_and_progress()
    {
        var terminal = new CapturedTerminal(isTerminal: true);
        var report = new Report(terminal, new ReportMode(Quiet: true, Color: false));

        using (var progress = report.StartProgress(TimeProvider.System))
            progress.Report(new OperationProgress("copying files", MiB, MiB));

        report.Note("nothing to do");
        report.Warn("look");
        Assert.Equal("warning: look\n", terminal.Complained.ToString());
    }

    [Fact]
    public void Json_says_nothing_but_objects()
    {
        var terminal = new CapturedTerminal(isTerminal: true);
        var report = new Report(terminal, new ReportMode(Json: true));

        report.Say("text");
        report.Note("note");
        report.Warn("it's <late>");

        Assert.Empty(terminal.Spoken.ToString());
        Assert.Equal("""{"warning":{"message":"it's <late>"}}""" + "\n", terminal.Complained.ToString());
    }

    [Fact]
    public void A_log_gets_a_line_at_ten_percent_or_ten_seconds_and_a_conclusion()
    {
        var terminal = new CapturedTerminal();
        var time = new FakeTimeProvider();

        using (var progress = new ProgressLine(terminal, ProgressStyle.Lines, time))
        {
            void Tick(double seconds, long done)
            {
                time.Advance(TimeSpan.FromSeconds(seconds));
                progress.Report(new OperationProgress("copying files", done * MiB, 1000 * MiB));
            }

            Tick(0, 0);
            Tick(0.5, 100);
            Tick(1.5, 200);
            Tick(1, 250);
            Tick(9, 260);
            Tick(8, 1000);
        }

        Assert.Equal(
            """
            copying files: 20 %, 200.0 MiB of 1000.0 MiB, 100.0 MiB/s, 8.0 s left
            copying files: 26 %, 260.0 MiB of 1000.0 MiB, 21.7 MiB/s, 34 s left
            copying files: 100 %, 1000.0 MiB of 1000.0 MiB, 50.0 MiB/s
            copying files: 1000.0 MiB in 20 s (50.0 MiB/s)

            """,
            terminal.Complained.ToString());
    }

    [Fact]
    public void A_bar_is_redrawn_ten_times_a_second_fits_the_terminal_and_makes_room_for_text()
    {
        var terminal = new CapturedTerminal(isTerminal: true, width: 60);
        var time = new FakeTimeProvider();
        var report = new Report(terminal, new ReportMode(Color: false));
        var progress = report.StartProgress(time);

        progress.Report(new OperationProgress("copying files", 0, 10 * MiB));
        time.Advance(TimeSpan.FromMilliseconds(99));
        progress.Report(new OperationProgress("copying files", MiB, 10 * MiB));
        time.Advance(TimeSpan.FromMilliseconds(901));
        progress.Report(new OperationProgress("copying files", 5 * MiB, 10 * MiB, "base/1/1259"));
        report.Warn("look");
        progress.Report(new OperationProgress("waiting for WAL", 0, null));
        progress.Dispose();

        Assert.Equal(
            [
                "",
                "copying files [--------------------] 0 %  0 B of 10.0 MiB\e[K",
                "copying files [##########----------] 50 %  5.0 MiB of 10.0 \e[K",
                "\e[Kwarning: look\ncopying files: 5.0 MiB in 1.0 s (5.0 MiB/s)\n",
                "waiting for WAL 0 B\e[K",
                "\e[K",
            ],
            terminal.Complained.ToString().Split('\r'));
    }

    [Fact]
    public void Progress_may_be_reported_from_many_threads()
    {
        var terminal = new CapturedTerminal();
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        using var progress = new ProgressLine(terminal, ProgressStyle.Lines, time);

        Parallel.For(0, 1000, at => progress.Report(new OperationProgress("copying files", at, 1000)));

        Assert.All(
            terminal.Complained.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("copying files: ", line, StringComparison.Ordinal));
    }
}
