using TomoBackup.Postgres.Server;
using TomoBackup.Setup;

namespace TomoBackup.Tests.Setup;

public sealed class ArchiverVerdictTests
{
    const string Before = "000000010000000000000004";
    const string Ours = "000000010000000000000005";

    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    static readonly ArchiverStatus Quiet = new(4, Before, Noon.AddMinutes(-5), 0, null, null, Noon.AddDays(-1));

    [Fact]
    public void Success_without_an_arrival_leads_elsewhere()
    {
        var seen = Seen(Quiet, Quiet with { ArchivedCount = 5, LastArchivedFile = Ours, LastArchivedAt = Noon });
        var probe = ArchiverVerdict.Of(seen);

        Assert.True(ArchiverVerdict.IsFinal(seen));
        Assert.Equal(ErrorCode.RepositoryMissing, probe.Code);
        Assert.Contains("leads elsewhere", probe.Detail, StringComparison.Ordinal);
        Assert.Contains("repository 'local'", probe.Detail, StringComparison.Ordinal);
        Assert.Contains("full backup", probe.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_segment_that_succeeded_and_is_not_here_leads_elsewhere_too()
        => Assert.Contains(
            "leads elsewhere",
            ArchiverVerdict.Of(Seen(Quiet with { ArchivedCount = 3 }, Quiet) with { LastIsHere = false }).Detail,
            StringComparison.Ordinal);

    [Fact]
    public void A_history_of_successes_that_are_here_is_an_archiver_that_is_behind()
    {
        var seen = Seen(Quiet with { ArchivedCount = 3 }, Quiet) with { LastIsHere = true };

        Assert.False(ArchiverVerdict.IsFinal(seen));
        Assert.Contains("behind", ArchiverVerdict.Of(seen).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public void Counted_failures_are_named(long failures, bool isFinal)
    {
        var seen = Seen(
            Quiet, Quiet with { FailedCount = failures, LastFailedFile = Ours, LastFailedAt = Noon });
        var probe = ArchiverVerdict.Of(seen);

        Assert.Equal(isFinal, ArchiverVerdict.IsFinal(seen));
        Assert.Equal(ErrorCode.TryAgain, probe.Code);
        Assert.Contains(
            $"failed {failures} times meanwhile, last for '{Ours}'", probe.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archiver_that_pauses_after_failures_fails()
    {
        var failing = Quiet with { FailedCount = 9, LastFailedFile = Before, LastFailedAt = Noon };

        Assert.Contains("it fails", ArchiverVerdict.Of(Seen(failing, failing)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "names a program that does not exist")]
    [InlineData(true, "was not run, still runs, or ends with a code above 125")]
    [InlineData(null, "was not run, still runs, or ends with a code above 125")]
    public void Silence_is_a_code_that_nobody_counts(bool? programExists, string expected)
    {
        var probe = ArchiverVerdict.Of(Seen(Quiet, Quiet) with { ProgramExists = programExists });

        Assert.EndsWith(expected, probe.Detail, StringComparison.Ordinal);
        Assert.Contains("127", probe.Remedy, StringComparison.Ordinal);
    }

    static ArchiverSighting Seen(ArchiverStatus before, ArchiverStatus after) => new()
    {
        Segment = Ours,
        Command = "/bin/true",
        Before = before,
        After = after,
        LastIsHere = null,
        MissingIn = ["local"],
        ProgramExists = null,
        Waited = TimeSpan.FromSeconds(60),
    };
}
