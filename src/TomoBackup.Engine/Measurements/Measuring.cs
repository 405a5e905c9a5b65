using TomoBackup.Policies;
using TomoBackup.Repositories;

namespace TomoBackup.Measurements;

/// <summary>Makes the measured values of a cluster from what was seen of it. Pure; each measure of the catalogue gets a
/// value or a reason.</summary>
static class Measuring
{
    /// <summary>All values.</summary>
    public static MeasurementSet Of(ClusterFacts facts)
    {
        var set = new MeasurementSet(facts.Now);

        foreach (var repository in facts.Repositories)
        {
            var name = repository.Policy.Name;
            HostValues(facts, repository, set);

            if (repository.Contents.Seen is { } contents)
            {
                set.Add(Measures.RepositoryReadable, name, "yes");
                BackupValues(name, contents, set);
                CalendarValues(facts, name, contents, set);
                ArchiveValues(facts, name, contents, set);
                FollowValues(facts, repository, contents, set);
            }

            set.AddUnknown(
                MeasureScope.Repository, name,
                repository.Contents.Unknown ?? Unknown.NotYet("there is none yet"));
        }

        ServerMeasuring.Add(facts, set);
        return set;
    }

    static void BackupValues(string name, RepositoryContents contents, MeasurementSet set)
    {
        var good = contents.Good.ToList();
        set.Add(Measures.GoodBackups, name, good.Count);
        set.Add(Measures.DamagedBackups, name, contents.Backups.Count - good.Count);
        set.Add(Measures.DamagedSinceGood, name, contents.Backups.Reverse().TakeWhile(b => !b.IsGood).Count());
        set.Add(Measures.UnreadableManifests, name, contents.Problems.Count);

        if (good is not [var oldest, ..] || good is not [.., var newest])
            return;

        set.Add(Measures.OldestBackupEnded, name, oldest.Stopped);
        set.Add(Measures.NewestBackup, name, newest.Backup);
        set.Add(Measures.NewestBackupBegan, name, newest.Started);
        set.Add(Measures.NewestBackupEnded, name, newest.Stopped);
        set.Add(Measures.NewestBackupTook, name, newest.Stopped - newest.Started);
        set.Add(Measures.NewestBackupHolds, name, newest.FileBytes);
        set.Add(Measures.NewestBackupStored, name, newest.StoredBytes);

        if (good.FindLast(b => b.Kind == newest.Kind && b != newest) is { FileBytes: > 0 } before)
            set.Add(Measures.SizeAgainstPrevious, name, Math.Round(100.0 * newest.FileBytes / before.FileBytes, 1));
        else
            set.AddUnknown(
                Measures.SizeAgainstPrevious, name, Unknown.NotYet($"there is no {newest.Kind} backup before it"));

        if (good.FindLast(b => b.Kind == Manifest.Full) is { } full)
        {
            set.Add(Measures.NewestFullBegan, name, full.Started);
            set.Add(Measures.ChainLength, name,
                good.Count(b => b.Kind == Manifest.Incremental && b.Generation == full.Generation));
        }

        if (good.FindLast(b => b.Kind == Manifest.Incremental) is { } incremental)
            set.Add(Measures.NewestIncrementalBegan, name, incremental.Started);

        if (good.FindLast(b => b.AuditedPages is not null) is { } audited)
            set.Add(Measures.NewestAuditBegan, name, audited.Started);
    }

    /// <summary>By the same rules by which expire keeps backups.</summary>
    static void CalendarValues(ClusterFacts facts, string name, RepositoryContents contents, MeasurementSet set)
    {
        var rule = facts.Policy.Retention.Backup.GetValueOrDefault(name) ?? RetentionRule.Everything;
        var parts = RetentionCalendar.Parts(rule, [.. contents.Good.OrderByDescending(b => b.Stopped)], b => b.Stopped)
            .ToList();

        if (parts.Count is 0)
        {
            var none = Unknown.NotYet("the policy has no rule by count or calendar for it");
            set.AddUnknown(Measures.CalendarMissing, name, none);
            set.AddUnknown(Measures.CalendarFilled, name, none);
            return;
        }

        set.Add(Measures.CalendarMissing, name, parts.Sum(part => part.Wanted - part.Kept.Count));
        set.Add(
            Measures.CalendarFilled, name,
            string.Join(", ", parts.Select(part => $"{part.Kept.Count} of {part.Wanted} {Plural(part.Name)}")));

        static string Plural(string part) => part is RetentionCalendar.Newest ? "newest" : $"{part}s";
    }

    static void ArchiveValues(ClusterFacts facts, string name, RepositoryContents contents, MeasurementSet set)
    {
        set.Add(Measures.WalConflicts, name, contents.Conflicts.Count);

        if (contents.Last is { } last)
        {
            set.Add(Measures.LastWal, name, last.Name);
            set.Add(Measures.LastWalArrived, name, last.Arrived);

            if (last.LastCommit is { } commit)
                set.Add(Measures.LastCommit, name, commit);
        }

        AddArrival(facts, name, contents, set);
        var gaps = contents.Map.GapsOnTheWay();
        set.Add(Measures.Gaps, name, gaps.Count);

        if (gaps is [var newest, ..])
        {
            set.Add(Measures.NewestGap, name, newest.Wal.ToString());

            if (newest.Until is { } until)
                set.Add(Measures.NewestGapUntil, name, until);
            else
                set.AddUnknown(
                    Measures.NewestGapUntil, name, Unknown.NotYet("no backup was taken behind the newest gap"));
        }

        if (contents.Map is { Earliest: { } earliest, Latest: { } latest, UnbrokenSince: { } since })
        {
            set.Add(Measures.EarliestMoment, name, earliest);
            set.Add(Measures.LatestMoment, name, latest);
            set.Add(Measures.UnbrokenSince, name, since);
        }

        if (contents.Map.Tail is { } tail)
            set.Add(Measures.LossBound, name, LossEstimate.Bound(facts.Now, tail));

        if (LossEstimate.Of(facts, contents) is { AtMost: { } atMost })
            set.Add(Measures.LossNow, name, atMost);
        else
            set.AddUnknown(Measures.LossNow, name, LossEstimate.Of(facts, contents).Unknown!);
    }

    /// <summary>An archive_command that reports success and stores elsewhere is seen here, and nowhere else.</summary>
    static void AddArrival(ClusterFacts facts, string name, RepositoryContents contents, MeasurementSet set)
    {
        if (facts.Archiver.Seen is not { Status: var status })
            set.AddUnknown(Measures.ArchivedIsHere, name, facts.Archiver.Unknown!);
        else if (status.LastArchivedFile is not { } last)
            set.AddUnknown(Measures.ArchivedIsHere, name, Unknown.NotYet("the server has archived nothing yet"));
        else
            set.Add(Measures.ArchivedIsHere, name, contents.Wal.ContainsKey(last) ? "yes" : "no");
    }

    static void FollowValues(
        ClusterFacts facts, RepositoryFacts repository, RepositoryContents contents, MeasurementSet set)
    {
        var name = repository.Policy.Name;

        if (repository.Policy.Follows is not { } leader)
            AddUnknown(Unknown.NotYet("it follows no other repository"));
        else if (facts.Repositories.FirstOrDefault(r => r.Policy.Name == leader)?.Contents is not { } followed)
            AddUnknown(Unknown.InVain($"there is no repository '{leader}'"));
        else if (followed.Seen is not { } there)
            AddUnknown(followed.Unknown!);
        else
        {
            // What its own window has passed it need not have any more.
            var since = facts.Policy.Retention.Wal.GetValueOrDefault(name) is { Forever: false, Age: { } age }
                ? age.Before(facts.Now)
                : DateTimeOffset.MinValue;
            var missing = there.Wal
                .Where(file => file.Value.At >= since && !contents.Wal.ContainsKey(file.Key))
                .Select(file => file.Value)
                .ToList();

            set.Add(Measures.FollowLag, name, missing.Select(file => facts.Now - file.At).Append(TimeSpan.Zero).Max());
            set.Add(Measures.FollowLagBytes, name, missing.Sum(file => file.Bytes));
        }

        void AddUnknown(Unknown why)
        {
            set.AddUnknown(Measures.FollowLag, name, why);
            set.AddUnknown(Measures.FollowLagBytes, name, why);
        }
    }

    /// <summary>What this host knows of a repository without opening it.</summary>
    static void HostValues(ClusterFacts facts, RepositoryFacts repository, MeasurementSet set)
    {
        var name = repository.Policy.Name;
        var runs = facts.Host.Verified.Where(run => run.Repository == name).OrderBy(run => run.At).ToList();
        AddVerify(runs.LastOrDefault(), Measures.LastVerify, Measures.LastVerifyDamage, "it was never verified from "
            + "this host");
        AddVerify(runs.FindLast(run => run.IsDeep), Measures.LastDeepVerify, Measures.LastDeepVerifyDamage,
            "no byte of it was ever read back from this host");
        set.AddUnknown(Measures.ProvenLevel, name, Unknown.NotYet("no test has restored a backup of it"));

        if (repository.Space.Seen is { } space)
        {
            set.Add(Measures.VolumeUsed, name, Math.Round(space.UsedPercent, 1));
            set.Add(Measures.VolumeFree, name, space.FreeBytes);
        }
        else
        {
            set.AddUnknown(Measures.VolumeUsed, name, repository.Space.Unknown!);
            set.AddUnknown(Measures.VolumeFree, name, repository.Space.Unknown!);
        }

        if (repository.IsSeparate is { } isSeparate)
            set.Add(Measures.VolumeSeparate, name, isSeparate ? "yes" : "no");
        else
            set.AddUnknown(Measures.VolumeSeparate, name, Unknown.InVain("one of the two directories cannot be seen"));

        if (repository.IsLuks is { } isLuks)
            set.Add(Measures.VolumeEncrypted, name, isLuks ? "yes" : "no");
        else
            set.AddUnknown(
                Measures.VolumeEncrypted, name,
                repository.Policy.Store.IsDirectory
                    ? Unknown.InVain("the kernel does not say which disks are below it")
                    : Unknown.NotYet("it lies on no file system of this host"));

        void AddVerify(VerifyRun? run, Measure when, Measure damage, string never)
        {
            if (run is not null)
            {
                set.Add(when, name, run.At);
                set.Add(damage, name, run.Damage);
            }
            else
            {
                set.AddUnknown(when, name, Unknown.NotYet(never));
                set.AddUnknown(damage, name, Unknown.NotYet(never));
            }
        }
    }
}
