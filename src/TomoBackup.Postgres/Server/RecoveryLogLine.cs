using System.Globalization;
using System.Text.RegularExpressions;

namespace TomoBackup.Postgres.Server;

/// <summary>One line of a server log, as far as recovery speaks in it.</summary>
static partial class RecoveryLogLine
{
    const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    // 'to "name"' stands for a restore point, every other target is spelled out without leading quote.
    const string TargetBegins = "starting point-in-time recovery to ";

    public static RecoveryLog Apply(RecoveryLog log, string line)
    {
        if (Level.Match(line) is not { Success: true } level)
            return log;

        var message = line[(level.Index + level.Length)..].TrimEnd();

        return level.Groups["level"].Value switch
        {
            "FATAL" or "PANIC" => log with { Fatal = [.. log.Fatal, message], LastWords = message },
            "LOG" => Spoken(log.Fatal is [] ? log with { LastWords = message } : log, message),
            _ => log,
        };
    }

    static RecoveryLog Spoken(RecoveryLog log, string message) => message switch
    {
        _ when message.StartsWith("starting PostgreSQL ", StringComparison.Ordinal)
            => new RecoveryLog { LastWords = message },
        _ when message.StartsWith(TargetBegins, StringComparison.Ordinal)
            => log with { Target = message[TargetBegins.Length..] },
        _ when message.StartsWith("recovery stopping ", StringComparison.Ordinal)
            => log with { Stop = StopOf(message) ?? log.Stop },
        _ when message.StartsWith("recovery has paused", StringComparison.Ordinal)
            || message.StartsWith("pausing at the end of recovery", StringComparison.Ordinal)
            => log with { Paused = true },
        "archive recovery complete" => log with { Complete = true, Paused = false },
        _ => Progress.Match(message) is { Success: true } match ? Progressed(log, match.Groups) : log,
    };

    static RecoveryLog Progressed(RecoveryLog log, GroupCollection said) => log with
    {
        BackupRedo = LsnOf(said["backup"]) ?? log.BackupRedo,
        BackupTimeline = NumberOf(said["timeline"]) ?? log.BackupTimeline,
        BackupEnd = LsnOf(said["end"]) ?? log.BackupEnd,
        RedoStart = LsnOf(said["start"]) ?? log.RedoStart,
        Consistent = LsnOf(said["consistent"]) ?? log.Consistent,
        RedoDone = LsnOf(said["done"]) ?? log.RedoDone,
        LastTransaction = TimeOf(said["last"]) ?? log.LastTransaction,
        NewTimeline = NumberOf(said["new"]) ?? log.NewTimeline,
        RestoredFiles = log.RestoredFiles + (said["file"].Success ? 1 : 0),
        LastRestoredFile = said["file"].Success ? said["file"].Value : log.LastRestoredFile,
    };

    static RecoveryStop? StopOf(string message)
    {
        if (Stopping.Match(message) is not { Success: true } match)
            return null;

        var said = match.Groups;
        var reason = said switch
        {
            _ when said["lsn"].Success => RecoveryStopReason.Lsn,
            _ when said["name"].Success => RecoveryStopReason.RestorePoint,
            _ when said["verb"].Success
                => said["verb"].Value == "commit" ? RecoveryStopReason.Commit : RecoveryStopReason.Abort,
            _ => RecoveryStopReason.Consistency,
        };

        return new RecoveryStop(reason, Inclusive: !said["before"].Success)
        {
            Lsn = LsnOf(said["lsn"]),
            Transaction = NumberOf(said["xid"]),
            Time = TimeOf(said["time"]),
            Name = said["name"].Success ? said["name"].Value : null,
        };
    }

    static Lsn? LsnOf(Group said)
        => said.Success && Lsn.TryParse(said.ValueSpan, CultureInfo.InvariantCulture, out var lsn) ? lsn : null;

    static uint? NumberOf(Group said)
        => said.Success
            && uint.TryParse(said.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>PostgreSQL's ISO form: <c>2026-11-22 17:37:33.25+00</c>, with +HH, +HH:MM or +HH:MM:SS.</summary>
    static DateTimeOffset? TimeOf(Group said)
    {
        if (!said.Success || Time.Match(said.Value) is not { Success: true } match
            || !DateTime.TryParse(
                match.Groups["local"].ValueSpan, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            || !TimeSpan.TryParse(
                $"{match.Groups["offset"].Value}{(match.Groups["offset"].Length == 2 ? ":00" : "")}",
                CultureInfo.InvariantCulture, out var offset))
            return null;

        var utc = match.Groups["sign"].Value == "-" ? local + offset : local - offset;
        return new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
    }

    /// <summary>elog.c puts the level behind the prefix, with a colon and two blanks.</summary>
    [GeneratedRegex(@"\b(?<level>LOG|FATAL|PANIC|ERROR|WARNING|NOTICE|INFO|DEBUG|HINT|DETAIL|CONTEXT|STATEMENT):  ",
        Options)]
    static partial Regex Level { get; }

    [GeneratedRegex(
        """
        ^(starting\ backup\ recovery\ with\ redo\ LSN\ (?<backup>[0-9A-F/]+),\ .*on\ timeline\ ID\ (?<timeline>\d+)
        |completed\ backup\ recovery\ with\ redo\ LSN\ [0-9A-F/]+\ and\ end\ LSN\ (?<end>[0-9A-F/]+)
        |redo\ starts\ at\ (?<start>[0-9A-F/]+)
        |consistent\ recovery\ state\ reached\ at\ (?<consistent>[0-9A-F/]+)
        |redo\ done\ at\ (?<done>[0-9A-F/]+)
        |last\ completed\ transaction\ was\ at\ log\ time\ (?<last>.+)
        |selected\ new\ timeline\ ID:\ (?<new>\d+)
        |restored\ log\ file\ "(?<file>[^"]+)"\ from\ archive)
        """,
        Options | RegexOptions.IgnorePatternWhitespace)]
    static partial Regex Progress { get; }

    [GeneratedRegex(
        """
        ^recovery\ stopping\ (after|at|(?<before>before))
        \ (reaching\ consistency
        |WAL\ location\ \(LSN\)\ "(?<lsn>[0-9A-F/]+)"
        |(?<verb>commit|abort)\ of\ transaction\ (?<xid>\d+)(,\ time\ (?<time>.+))?
        |restore\ point\ "(?<name>.*)",\ time\ (?<time>.+))$
        """,
        Options | RegexOptions.IgnorePatternWhitespace)]
    static partial Regex Stopping { get; }

    [GeneratedRegex(
        @"^(?<local>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?)(?<sign>[+-])(?<offset>\d\d(:\d\d){0,2})$", Options)]
    static partial Regex Time { get; }
}
