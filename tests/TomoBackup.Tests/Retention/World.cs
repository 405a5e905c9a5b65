using System.Globalization;
using System.Text;
using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Retention;

namespace TomoBackup.Tests.Retention;

/// <summary>Where a timeline left its parent.</summary>
sealed record Fork(uint Parent, Lsn At);

/// <summary>A segment as the world knows it; the planner never learns when it was written.</summary>
sealed record WrittenSegment(uint Timeline, ulong Number, DateTimeOffset Written, DateTimeOffset Stored);

/// <summary>A history of one cluster and its repository, made from dice; small, and with everything in it that goes
/// wrong in large ones.</summary>
sealed class World
{
    const int SegmentBytes = 1 << 20;
    static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly Dice _dice;
    readonly Dictionary<uint, ulong> _ends = new() { [1] = 3 };
    DateTimeOffset _now = Begin;
    uint _timeline = 1;

    World(Dice dice) => _dice = dice;

    public static WalSegmentSize Size { get; } = new(SegmentBytes);

    /// <summary>Timelines but the first, and where they began.</summary>
    public Dictionary<uint, Fork> Forks { get; } = [];

    /// <summary>What is archived; holes are left out.</summary>
    public List<WrittenSegment> Segments { get; } = [];

    public List<KnownBackup> Backups { get; } = [];

    public List<UnfinishedBackup> Unfinished { get; } = [];

    /// <summary>What the planner is given.</summary>
    public RetentionScene Scene { get; private set; } = null!;

    public static World Of(uint[] tape)
    {
        var world = new World(new Dice(tape));
        world.Live();
        world.Spoil();
        world.Scene = world.MakeScene();
        return world;
    }

    /// <summary>The scene with what a plan leaves.</summary>
    public static RetentionScene After(RetentionScene scene, RetentionPlan plan)
    {
        var going = plan.Backups.Where(b => b.Fate == Fate.Goes).Select(b => b.Backup.Id).ToHashSet();
        var folders = plan.Unfinished.Where(u => u.Fate == Fate.Goes).Select(u => u.Folder.Id).ToHashSet();

        return scene with
        {
            Backups = [.. scene.Backups.Where(b => !going.Contains(b.Id))],
            Unfinished = [.. scene.Unfinished.Where(f => !folders.Contains(f.Id))],
            Archive = [.. scene.Archive
                .Select(w => new ArchivedWal(w.Timeline, [.. w.Segments.Where(s => !plan.Wal.Any(r
                    => r.Fate == Fate.Goes && r.Timeline == w.Timeline && r.First <= s.Number && s.Number <= r.Last))]))
                .Where(w => w.Segments.Count > 0)],
        };
    }

    /// <summary>For whoever has to understand a failure.</summary>
    public string Describe(RetentionPlan plan)
    {
        var text = new StringBuilder($"now {Text(Scene.Now)}, window from ");
        text.Append(Scene.WindowStart is { } start ? Text(start) : "the beginning").Append('\n');

        foreach (var (timeline, fork) in Forks)
            text.Append($"timeline {timeline} left {fork.Parent} at {fork.At.Value / SegmentBytes}\n");

        foreach (var b in plan.Backups)
            text.Append(
                $"{b.Backup.Id} on {b.Backup.Timeline}, {b.Backup.StartLsn.Value / SegmentBytes} to "
                    + $"{b.Backup.StopLsn.Value / SegmentBytes}, {Text(b.Backup.Stopped)}, "
                    + $"{(b.Backup.IsGood ? "good" : "damaged")}: {b.Fate}, {string.Join("; ", b.Grounds)}\n");

        foreach (var s in Segments)
            text.Append($"segment {s.Number} of {s.Timeline}, {Text(s.Written)}, stored {Text(s.Stored)}\n");

        foreach (var w in plan.Wal)
            text.Append($"WAL {w.First} to {w.Last} of {w.Timeline}: {w.Fate}, {w.Ground}\n");

        return text.ToString();
    }

    static string Text(DateTimeOffset time) => time.ToString("MM-dd HH", CultureInfo.InvariantCulture);

    void Live()
    {
        var ticks = 4 + _dice.Roll(20);

        for (var tick = 0; tick < ticks; tick++)
        {
            _now += TimeSpan.FromHours(1 + _dice.Roll(36));

            switch (_dice.Roll(10))
            {
                case 0:
                    Promote();
                    break;

                case 1 or 2 or 3 or 4:
                    TakeBackup();
                    break;

                default:
                    Write(_dice.Roll(4));
                    break;
            }
        }
    }

    void Write(int segments)
    {
        for (var i = 0; i < segments; i++)
            Segments.Add(new WrittenSegment(
                _timeline, _ends[_timeline]++, _now, _now + TimeSpan.FromHours(_dice.Roll(8) == 0 ? 30 : 0)));
    }

    void TakeBackup()
    {
        var start = _ends[_timeline];
        Write(1 + _dice.Roll(2));
        var id = $"b{Backups.Count:D3}";
        var older = Backups.Where(b => b.Timeline == _timeline && b.StopLsn.Value <= Lsn(start, 0x800).Value).ToList();
        var generation = older.LastOrDefault()?.Generation;
        var isFull = generation is null || _dice.Roll(3) == 0;
        var chain = older.Where(b => b.Generation == generation).ToList();

        Backups.Add(new KnownBackup(
            id, isFull ? id : generation!, isFull, _dice.Roll(6) > 0, _now.AddMinutes(30), _timeline,
            Lsn(start, 0x100), Lsn(_ends[_timeline] - 1, 0x800),
            isFull ? [] : [.. chain.Where((_, i) => i == 0 || _dice.Roll(2) == 0).Select(b => b.Id)],
            100));
    }

    /// <summary>A server is promoted: where the archive ends, or, after a recovery to an earlier moment, before. The
    /// other one may go on.</summary>
    void Promote()
    {
        if (Forks.Count >= 4)
            return;

        var next = Forks.Keys.DefaultIfEmpty(1u).Max() + 1;
        var begin = Forks.TryGetValue(_timeline, out var own) ? own.At.Value / SegmentBytes : 3;
        var end = _ends[_timeline];
        var at = _dice.Roll(2) == 0 ? end : begin + (ulong)_dice.Roll((int)(end - begin) + 1);
        var fork = Lsn(at, _dice.Roll(2) == 0 ? 0x900u : 0x400u);

        if (own is not null && fork.Value < own.At.Value)
            fork = own.At;

        // All that the parent does later lies behind the fork. Its own last segment may never have been archived.
        if (at == end && _dice.Roll(2) == 0)
            _ends[_timeline]++;
        else if (at == end)
            Write(1);

        Forks[next] = new Fork(_timeline, fork);
        _ends[next] = fork.Value / SegmentBytes;
        _timeline = _dice.Roll(5) == 0 ? _timeline : next;
    }

    /// <summary>Holes, and manifests that were lost.</summary>
    void Spoil()
    {
        for (var holes = _dice.Roll(4) - 1; holes > 0 && Segments.Count > 0; holes--)
            Segments.RemoveAt(_dice.Roll(Segments.Count));

        if (_dice.Roll(4) == 0 && Backups.Count > 0)
        {
            var lost = Backups[_dice.Roll(Backups.Count)];
            Backups.Remove(lost);
            Unfinished.Add(new UnfinishedBackup(lost.Id, lost.Generation, lost.Stopped, _dice.Roll(3) == 0, 3, 100));
        }

        if (_dice.Roll(3) == 0)
            Unfinished.Add(new UnfinishedBackup(
                "u000", "u000", _now - TimeSpan.FromHours(_dice.Roll(60)), false, 2, 50));
    }

    RetentionScene MakeScene()
    {
        var now = _now + TimeSpan.FromHours(_dice.Roll(4) == 0 ? _dice.Roll(400) : _dice.Roll(30));
        var marked = now - TimeSpan.FromHours(_dice.Roll(5) == 0 ? 5 : 48);
        var unknown = Forks.Count > 0 && _dice.Roll(12) == 0 ? Forks.Keys.Max() : 0;

        return new RetentionScene
        {
            Now = now,
            Wal = _dice.Roll(12) == 0 ? RetentionRule.Everything
                : new RetentionRule { Age = new Duration(6 + _dice.Roll(200), DurationUnit.Hours) },
            Backup = Rule(),
            SegmentSize = Size,
            Backups = [.. Backups],
            Unfinished = [.. Unfinished],
            Archive = Archive(),
            Histories = Forks.Keys.Where(t => t != unknown).ToDictionary(t => t, History),
            Announcements = Announcements(now),
            Proven = Backups.Where(_ => _dice.Roll(5) == 0).Select(b => b.Id).ToHashSet(),
            Followers = Followers(),
            Marks = Marks(marked, now),
        };
    }

    RetentionRule Rule() => _dice.Roll(6) switch
    {
        0 => RetentionRule.Everything,
        1 => new RetentionRule { Count = 1 + _dice.Roll(4) },
        2 => new RetentionRule { Age = new Duration(1 + _dice.Roll(12), DurationUnit.Days) },
        3 => new RetentionRule { Daily = 1 + _dice.Roll(4), Weekly = _dice.Roll(3) },
        4 => new RetentionRule { Count = 1, Monthly = 1, Yearly = 1 },
        _ => new RetentionRule { Age = new Duration(1 + _dice.Roll(60), DurationUnit.Hours), Count = _dice.Roll(3) },
    };

    List<ArchivedWal> Archive()
        => [.. Segments.GroupBy(s => s.Timeline).OrderBy(g => g.Key).Select(g => new ArchivedWal(
            g.Key,
            [.. g.OrderBy(s => s.Number).Select(s => new StoredSegment(s.Number, s.Stored, true, 1, SegmentBytes))]))];

    List<Announcement> Announcements(DateTimeOffset now)
    {
        var announcements = new List<Announcement>();
        var some = Backups.Count > 0 ? Backups[_dice.Roll(Backups.Count)] : null;

        if (some is not null && _dice.Roll(4) == 0)
            announcements.Add(new("hold", "h", _now, DateTimeOffset.MaxValue, some.Id, "audit"));

        if (some is not null && _dice.Roll(6) == 0)
            announcements.Add(new("test", "h", _now, now.AddHours(1), _dice.Roll(2) == 0 ? some.Id : some.Generation,
                null));

        if (_dice.Roll(6) == 0)
            announcements.Add(new("backup", "h", now.AddHours(-_dice.Roll(90)), now.AddHours(1), "u000", null));

        if (_dice.Roll(30) == 0)
            announcements.Add(new("drill", "h", _now, now.AddHours(1), null, null));

        return announcements;
    }

    List<Follower> Followers()
    {
        if (_dice.Roll(4) > 0)
            return [];

        var until = _dice.Roll(Segments.Count + 1);
        return
        [
            new Follower(
                "offsite",
                Backups.Where(_ => _dice.Roll(8) > 0).Select(b => b.Id).ToHashSet(),
                [.. Segments.Take(until).Select(s => new SegmentSpan(s.Timeline, s.Number, s.Number))]),
        ];
    }

    RetentionMarks Marks(DateTimeOffset marked, DateTimeOffset now) => new(
        Backups.Select(b => b.Id).Concat(Unfinished.Select(u => u.Id))
            .Where(_ => _dice.Roll(8) > 0)
            .ToDictionary(id => id, _ => _dice.Roll(6) == 0 ? now.AddHours(-3) : marked),
        [.. _ends.Keys.Select(t => new WalMark(t, 0, ulong.MaxValue, marked))]);

    TimelineHistory History(uint timeline)
    {
        var lines = new Stack<string>();

        for (var at = timeline; Forks.TryGetValue(at, out var fork); at = fork.Parent)
            lines.Push($"{fork.Parent}\t{fork.At}\tpromoted");

        return TimelineHistory.Parse(timeline, string.Join('\n', lines));
    }

    static Lsn Lsn(ulong segment, uint offset) => new((segment * SegmentBytes) + offset);
}

/// <summary>Dice whose falls are written down: a shorter or smaller tape is a simpler world, so CsCheck can
/// shrink.</summary>
sealed class Dice(uint[] tape)
{
    int _at;

    /// <summary>From zero to below the number of sides; zero behind the end of the tape.</summary>
    public int Roll(int sides) => _at < tape.Length ? (int)(tape[_at++] % (uint)sides) : 0;
}
