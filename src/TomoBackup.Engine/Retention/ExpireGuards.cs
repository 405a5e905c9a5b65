using System.Globalization;
using TomoBackup.Repositories;

namespace TomoBackup.Retention;

/// <summary>What a run is held against before it may remove anything.</summary>
/// <param name="Now">This host's clock.</param>
/// <param name="NewestSeen">The latest time that the repository speaks of: a backup's end, an object's writing; null
/// where it holds neither.</param>
/// <param name="StoreClock">When the store says that it wrote our lease; null where none was taken.</param>
/// <param name="LastRun">When this host's last run was; null where none is remembered.</param>
/// <param name="Jump">A silence that ends after the last run, as a clock that leaps leaves it; null for
/// none.</param>
/// <param name="RepositoryId">The place's own id.</param>
/// <param name="Verification">What is remembered of the last verification; null for nothing.</param>
/// <param name="AllowMore">True where a person allows a run to remove more than the cap.</param>
sealed record GuardFacts(
    DateTimeOffset Now,
    DateTimeOffset? NewestSeen,
    DateTimeOffset? StoreClock,
    DateTimeOffset? LastRun,
    ClockJump? Jump,
    string RepositoryId,
    VerificationRecord? Verification,
    bool AllowMore);

/// <summary>Why a run removes nothing.</summary>
/// <param name="Name">For scripts: <c>clock</c>, <c>verification</c>, <c>cap</c>.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Hint">What to do.</param>
sealed record Refusal(string Name, string Message, string Hint);

/// <summary>The conditions under which nothing is removed, whatever the plan says. Pure.</summary>
static class ExpireGuards
{
    /// <summary>Clocks of hosts that are kept in step differ by less.</summary>
    public static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(10);

    /// <summary>A weekly backup, and a day: where nothing at all was stored for longer, either the clock is ahead or
    /// the backups have stopped, and then the old ones are the only ones.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromDays(8);

    /// <summary>A listing may be so old.</summary>
    public static readonly TimeSpan OldestVerification = TimeSpan.FromDays(7);

    /// <summary>A run may remove that share of the good backups: a rule of 30 daily ones that runs each week removes
    /// 7 of 37.</summary>
    public const double BackupShare = 0.25;

    /// <summary>… but as many as this always, so that a rule of two or three works at all.</summary>
    public const int BackupFloor = 2;

    /// <summary>A run may remove that share of the archived segments: a window of 7 days that runs each week removes 7
    /// of 15 days.</summary>
    public const double SegmentShare = 0.5;

    /// <summary>… but as many as this always: 1 GiB by PostgreSQL's default.</summary>
    public const int SegmentFloor = 64;

    /// <summary>All reasons to remove nothing, the most serious first.</summary>
    public static IReadOnlyList<Refusal> Check(GuardFacts facts, RetentionPlan plan)
        => [.. Clock(facts), .. Verification(facts), .. facts.AllowMore ? [] : Cap(plan)];

    static IEnumerable<Refusal> Clock(GuardFacts facts)
    {
        const string Hint = "Set the clock right, then run it again; nothing was removed.";

        if (facts.NewestSeen - facts.Now > ClockSlack)
            yield return new Refusal(
                "clock",
                $"this host's clock says {Text(facts.Now)}, and the repository holds something of "
                    + Text(facts.NewestSeen!.Value),
                Hint);

        if (facts.LastRun - facts.Now > ClockSlack)
            yield return new Refusal(
                "clock",
                $"this host's clock says {Text(facts.Now)}, and the last run was at {Text(facts.LastRun!.Value)}",
                Hint);

        if ((facts.StoreClock - facts.Now)?.Duration() > ClockSlack)
            yield return new Refusal(
                "clock",
                $"this host's clock says {Text(facts.Now)}, the store's clock {Text(facts.StoreClock!.Value)}",
                Hint);

        if (facts.Now - facts.NewestSeen > LongestSilence)
            yield return new Refusal(
                "clock",
                $"nothing was stored since {Text(facts.NewestSeen!.Value)}: the clock is ahead, or backups have "
                    + "stopped",
                "Where the clock is right, take a backup first: what is old is all that there is.");
        else if (facts.Jump is { } jump && !facts.AllowMore)
            yield return new Refusal(
                "clock",
                $"between {Text(jump.Before)} and {Text(jump.After)} nothing was stored and nothing expired: the clock "
                    + "leapt ahead, or everything stood still",
                "Where the clock is right, and was, repeat with '--allow-more'.");
    }

    static IEnumerable<Refusal> Verification(GuardFacts facts)
    {
        const string Hint = "Run 'tomo-backup verify' on this host; it must end without damage.";

        if (facts.Verification is not { } last || last.Repository != facts.RepositoryId)
            yield return new Refusal("verification", "this host has never verified the repository", Hint);
        else if (!last.Sound)
            yield return new Refusal(
                "verification", $"the verification of {Text(last.Started)} found damage", Hint);
        else if (facts.Now - last.Started > OldestVerification)
            yield return new Refusal(
                "verification",
                $"the last verification was at {Text(last.Started)}, more than "
                    + $"{OldestVerification.Days.ToString(CultureInfo.InvariantCulture)} days ago",
                Hint);
    }

    static IEnumerable<Refusal> Cap(RetentionPlan plan)
    {
        const string Hint = "Read 'tomo-backup expire --plan'; where it is meant so, repeat with '--allow-more'.";

        var good = plan.Backups.Where(b => b.Backup.IsGood).ToList();
        var going = good.Count(b => b.Fate == Fate.Goes);
        var most = Math.Max(BackupFloor, (int)(good.Count * BackupShare));

        if (going > most)
            yield return new Refusal(
                "cap", $"{going} of {good.Count} good backups would go, and one run may remove {most}", Hint);

        var segments = plan.Wal.Sum(w => w.Segments);
        var goingSegments = plan.Wal.Where(w => w.Fate == Fate.Goes).Sum(w => w.Segments);
        var mostSegments = Math.Max(SegmentFloor, (long)(segments * SegmentShare));

        if (goingSegments > mostSegments)
            yield return new Refusal(
                "cap",
                $"{goingSegments} of {segments} WAL segments would go, and one run may remove {mostSegments}",
                Hint);
    }

    static string Text(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
