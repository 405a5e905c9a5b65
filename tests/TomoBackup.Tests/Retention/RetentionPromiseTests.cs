using CsCheck;
using TomoBackup.Retention;

namespace TomoBackup.Tests.Retention;

/// <summary>Whatever happened to a cluster and its repository, and whatever the rules are, a plan takes nothing that was
/// promised.</summary>
public sealed class RetentionPromiseTests
{
    const int Histories = 100_000;

    static readonly Gen<uint[]> Tapes = Gen.UInt[0, 20_000].Array[60, 260];

    [Fact]
    public void No_history_and_no_rule_make_a_promised_moment_unreachable()
    {
        long backups = 0, segments = 0, emptied = 0;

        Parallel.For(0, Histories, (number, loop) =>
        {
            var tape = Tapes.Generate(new PCG(0, (ulong)number), null, out _);

            try
            {
                var plan = Check(tape);
                Interlocked.Add(ref backups, plan.Backups.Count(b => b.Fate == Fate.Goes));
                Interlocked.Add(ref segments, plan.Wal.Where(w => w.Fate == Fate.Goes).Sum(w => w.Segments));
                Interlocked.Add(ref emptied, plan.RemovesAnything ? 1 : 0);
            }
            catch (BrokenPromiseException e)
            {
                loop.Stop();
                Assert.Fail($"history {number}, tape of {ShortestFailing(tape)}: {e.Message}");
            }
        });

        // A planner that keeps all would pass the rest: as a rule something goes.
        Assert.True(emptied > Histories / 3, $"something went in {emptied} histories only");
        Assert.True(backups > Histories && segments > Histories, $"{backups} backups and {segments} segments went");
    }

    /// <summary>The simplest of the histories that begin like this one and fail too.</summary>
    static string ShortestFailing(uint[] tape)
    {
        for (var length = 0; ; length++)
            try
            {
                Check(tape[..length]);
            }
            catch (BrokenPromiseException)
            {
                var world = World.Of(tape[..length]);
                return $"{length}\n{world.Describe(RetentionPlanner.Plan(world.Scene))}";
            }
    }

    static RetentionPlan Check(uint[] tape)
    {
        var world = World.Of(tape);
        var plan = RetentionPlanner.Plan(world.Scene);
        var scene = world.Scene;
        var after = World.After(scene, plan);
        var (now, then) = (new PromiseOracle(world, scene), new PromiseOracle(world, after));

        foreach (var moment in now.PromisedMoments())
            Must(then.Reaches(moment), $"segment {moment.Number} of timeline {moment.Timeline} is not reachable");

        foreach (var backup in now.PromisedBackups())
            Must(after.Backups.Contains(backup), $"backup {backup.Id} is gone");

        foreach (var backup in after.Backups)
            Must(then.IsWhole(backup) || !now.IsWhole(backup), $"packs of backup {backup.Id} are gone");

        NothingInUseGoes(world, now, then);
        NothingGoesEarly(scene, plan);
        NothingGoesThatAFollowerLacks(scene, plan);
        NothingGoesThatIsNotUnderstood(world, plan);

        Must(!RetentionPlanner.Plan(after).RemovesAnything, "planning again removes more");
        EverythingHasOneVerdict(scene, plan);
        return plan;
    }

    static void NothingInUseGoes(World world, PromiseOracle now, PromiseOracle then)
    {
        foreach (var user in world.Scene.Announcements.Where(a => a.Verb == "test"))
            foreach (var backup in world.Backups.Where(b => b.Id == user.Subject || b.Generation == user.Subject))
                foreach (var moment in world.Segments)
                    Must(
                        then.Reaches(backup, moment.Timeline, moment.Number)
                            || !now.Reaches(backup, moment.Timeline, moment.Number),
                        $"'{user.Verb}' of {backup.Id} lost segment {moment.Number} of {moment.Timeline}");
    }

    static void NothingGoesEarly(RetentionScene scene, RetentionPlan plan)
    {
        var latest = scene.Now.AddHours(-24);

        foreach (var id in plan.Backups.Where(b => b.Fate == Fate.Goes).Select(b => b.Backup.Id)
            .Concat(plan.Unfinished.Where(u => u.Fate == Fate.Goes).Select(u => u.Folder.Id)))
            Must(scene.Marks.Backups.TryGetValue(id, out var since) && since <= latest, $"{id} goes within its grace");

        foreach (var run in plan.Wal.Where(w => w.Fate == Fate.Goes))
            Must(
                scene.Marks.Wal.Any(m => m.Timeline == run.Timeline && m.First <= run.First && run.Last <= m.Last
                    && m.Since <= latest),
                $"WAL {run.First} goes within its grace");
    }

    static void NothingGoesThatAFollowerLacks(RetentionScene scene, RetentionPlan plan)
    {
        foreach (var follower in scene.Followers)
            foreach (var run in plan.Wal.Where(w => w.Fate == Fate.Goes))
                foreach (var segment in scene.Archive.Single(w => w.Timeline == run.Timeline).Segments
                    .Where(s => run.First <= s.Number && s.Number <= run.Last))
                    Must(
                        follower.Wal.Any(s => s.Contains(run.Timeline, segment.Number)),
                        $"the follower lacks segment {segment.Number}");
    }

    /// <summary>A folder that somebody is built on, one of a backup at work, and what is archived while it runs.
    /// </summary>
    static void NothingGoesThatIsNotUnderstood(World world, RetentionPlan plan)
    {
        var scene = world.Scene;

        foreach (var folder in plan.Unfinished.Where(u => u.Fate == Fate.Goes).Select(u => u.Folder))
        {
            Must(!folder.HasManifest, "a manifest that is none goes");
            Must(!scene.Announcements.Any(a => a.Subject == folder.Id), "a backup at work goes");
            Must(folder.Stored <= scene.Now.AddHours(-24), "a folder goes that is still written to");
        }

        foreach (var busy in scene.Announcements.Where(a => a.Verb == "backup"))
            Must(
                !world.Segments.Any(s => s.Stored >= busy.Since && plan.Wal.Any(w => w.Fate == Fate.Goes
                    && w.Timeline == s.Timeline && w.First <= s.Number && s.Number <= w.Last)),
                "WAL goes that was archived while a backup runs");

        if (world.Forks.Count > scene.Histories.Count
            && scene.Archive.Select(w => w.Timeline).Concat(scene.Backups.Select(b => b.Timeline))
                .Any(t => t != 1 && !scene.Histories.ContainsKey(t)))
            Must(
                !plan.Backups.Any(b => b.Fate == Fate.Goes) && !plan.Wal.Any(w => w.Fate == Fate.Goes),
                "something goes although a timeline's ancestors are not known");
    }

    static void EverythingHasOneVerdict(RetentionScene scene, RetentionPlan plan)
    {
        Must(plan.Backups.Count == scene.Backups.Count && plan.Backups.All(b => b.Grounds.Count > 0),
            "a backup without a reason");
        Must(plan.Unfinished.Count == scene.Unfinished.Count, "a folder without a verdict");
        Must(
            plan.Wal.Sum(w => w.Segments) == scene.Archive.Sum(w => (long)w.Segments.Count),
            "a segment without a verdict");
    }

    static void Must(bool holds, string otherwise)
    {
        if (!holds)
            throw new BrokenPromiseException(otherwise);
    }

    sealed class BrokenPromiseException(string message) : Exception(message);
}
