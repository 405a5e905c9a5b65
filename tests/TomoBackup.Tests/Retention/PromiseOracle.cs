using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Retention;

namespace TomoBackup.Tests.Retention;

/// <summary>
/// Says what can be restored, and what the policy promises, in the plainest way there is: a segment at a time, from the
/// model's own forks, with no code of the planner's.
/// </summary>
sealed class PromiseOracle
{
    readonly World _world;
    readonly RetentionScene _scene;
    readonly HashSet<(uint Timeline, ulong Number)> _archive;
    readonly HashSet<string> _folders;
    readonly Dictionary<(string Backup, uint Timeline), ulong> _ends = [];

    public PromiseOracle(World world, RetentionScene scene)
    {
        _world = world;
        _scene = scene;
        _archive = [.. scene.Archive.SelectMany(w => w.Segments.Select(s => (w.Timeline, s.Number)))];
        _folders = [.. scene.Backups.Select(b => b.Id), .. scene.Unfinished.Select(u => u.Id)];
    }

    /// <summary>True where all packs of a backup are there.</summary>
    public bool IsWhole(KnownBackup backup) => _folders.Contains(backup.Id) && backup.BuiltOn.All(_folders.Contains);

    /// <summary>True where some good backup is rolled forward to a segment of a timeline's own.</summary>
    public bool Reaches(WrittenSegment moment)
        => _scene.Backups.Any(b => b.IsGood && Reaches(b, moment.Timeline, moment.Number));

    /// <summary>True where this backup is rolled forward so far.</summary>
    public bool Reaches(KnownBackup backup, uint timeline, ulong segment)
    {
        if (!IsWhole(backup) || !IsOnPath(backup, timeline) || segment < Number(new Lsn(backup.StopLsn.Value - 1)))
            return false;

        return segment < EndOf(backup, timeline);
    }

    /// <summary>The first segment from the backup's start on that nothing serves.</summary>
    ulong EndOf(KnownBackup backup, uint timeline)
    {
        if (_ends.TryGetValue((backup.Id, timeline), out var end))
            return end;

        for (end = Number(backup.StartLsn); IsServed(timeline, end);)
            end++;

        return _ends[(backup.Id, timeline)] = end;
    }

    /// <summary>The moments that the window promises and that can be reached.</summary>
    public IEnumerable<WrittenSegment> PromisedMoments()
    {
        var start = _scene.Wal is { Forever: false, Age: { } age } ? age.Before(_scene.Now) : DateTimeOffset.MinValue;
        return _world.Segments.Where(s => s.Written >= start && _archive.Contains((s.Timeline, s.Number)) && Reaches(s));
    }

    /// <summary>The backups that must stay.</summary>
    public IEnumerable<KnownBackup> PromisedBackups()
    {
        var good = _scene.Backups.Where(b => b.IsGood).OrderByDescending(b => b.Stopped)
            .ThenByDescending(b => b.Id, StringComparer.Ordinal).ToList();
        var promised = new HashSet<KnownBackup>(good.Take(1));
        var rule = _scene.Backup;

        promised.UnionWith(good.Where(b => _scene.Proven.Contains(b.Id)).Take(1));
        promised.UnionWith(_scene.Backups.Where(b => rule.Forever || (rule.Age is { } age
            && b.Stopped >= age.Before(_scene.Now))));
        promised.UnionWith(good.Take(rule.Count ?? 0));
        promised.UnionWith(OfPeriods(good, rule));
        promised.UnionWith(_scene.Backups.Where(b => _scene.Announcements.Any(a => a.Subject is null
            || a.Subject == b.Id || (a.Verb != "hold" && a.Subject == b.Generation))));
        promised.UnionWith(_scene.Backups.Where(b => _scene.Followers.Any(f => !f.Backups.Contains(b.Id))));
        return promised;
    }

    static IEnumerable<KnownBackup> OfPeriods(List<KnownBackup> newestFirst, RetentionRule rule)
    {
        foreach (var (count, name) in new (int?, Func<DateTimeOffset, string>)[]
        {
            (rule.Daily, t => $"{t:yyyy-MM-dd}"),
            (rule.Weekly, t => $"{System.Globalization.ISOWeek.GetYear(t.UtcDateTime)}-"
                + $"{System.Globalization.ISOWeek.GetWeekOfYear(t.UtcDateTime)}"),
            (rule.Monthly, t => $"{t:yyyy-MM}"),
            (rule.Yearly, t => $"{t:yyyy}"),
        })
        {
            var seen = new HashSet<string>();

            foreach (var backup in newestFirst)
                if (seen.Count < (count ?? 0) && seen.Add(name(backup.Stopped)))
                    yield return backup;
        }
    }

    bool IsOnPath(KnownBackup backup, uint timeline)
    {
        for (var limit = new Lsn(ulong.MaxValue); ;)
        {
            if (timeline == backup.Timeline)
                return backup.StopLsn <= limit;

            if (!_world.Forks.TryGetValue(timeline, out var fork))
                return false;

            (timeline, limit) = (fork.Parent, fork.At < limit ? fork.At : limit);
        }
    }

    bool IsServed(uint timeline, ulong number)
    {
        for (var end = ulong.MaxValue; ;)
        {
            var began = _world.Forks.TryGetValue(timeline, out var fork) ? Number(fork.At) : 0;

            if (began <= number && number <= end && _archive.Contains((timeline, number)))
                return true;

            if (fork is null)
                return false;

            (timeline, end) = (fork.Parent, began);
        }
    }

    static ulong Number(Lsn lsn) => lsn.Value / (ulong)World.Size.Bytes;
}
