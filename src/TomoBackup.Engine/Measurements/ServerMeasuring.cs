using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>Makes the values that belong to a cluster and to no repository. Pure.</summary>
static class ServerMeasuring
{
    /// <summary>Adds them.</summary>
    public static void Add(ClusterFacts facts, MeasurementSet set)
    {
        AddServer(facts, set);
        AddQueue(facts, set);
        AddHost(facts, set);
    }

    static void AddServer(ClusterFacts facts, MeasurementSet set)
    {
        if (facts.Server.Seen is { } server)
        {
            set.Add(Measures.ServerVersion, null, server.Version);
            set.Add(Measures.ArchiveMode, null, server.Wal.ArchiveMode);
        }
        else
        {
            set.AddUnknown(Measures.ServerVersion, null, facts.Server.Unknown!);
            set.AddUnknown(Measures.ArchiveMode, null, facts.Server.Unknown!);
        }

        if (facts.Archiver.Seen is { Status: var status })
        {
            set.Add(Measures.ArchiveFailures, null, status.FailedCount);
            set.Add(Measures.ArchiveFailing, null, status.IsFailing ? status.LastFailedFile ?? "unnamed" : "no");
        }
        else
        {
            set.AddUnknown(Measures.ArchiveFailures, null, facts.Archiver.Unknown!);
            set.AddUnknown(Measures.ArchiveFailing, null, facts.Archiver.Unknown!);
        }

        if (facts.Drift.Seen is { } drift)
        {
            set.Add(Measures.SettingsDrift, null, drift.Count);
            set.Add(Measures.FirstDrift, null, drift is [var first, ..] ? first : "none");
        }
        else
        {
            set.AddUnknown(Measures.SettingsDrift, null, facts.Drift.Unknown!);
            set.AddUnknown(Measures.FirstDrift, null, facts.Drift.Unknown!);
        }
    }

    static void AddQueue(ClusterFacts facts, MeasurementSet set)
    {
        if (facts.Queue.Seen is { } queue)
        {
            set.Add(Measures.WalWaiting, null, queue.Waiting);
            var lag = queue.OldestSince is { } since ? facts.Now - since : TimeSpan.Zero;
            set.Add(Measures.WalLag, null, lag > TimeSpan.Zero ? lag : TimeSpan.Zero);
        }
        else
        {
            set.AddUnknown(Measures.WalWaiting, null, facts.Queue.Unknown!);
            set.AddUnknown(Measures.WalLag, null, facts.Queue.Unknown!);
        }
    }

    static void AddHost(ClusterFacts facts, MeasurementSet set)
    {
        if (facts.Host.Restored is { } restored)
        {
            set.Add(Measures.RestoreTook, null, restored.Took);
            set.Add(Measures.RestoreBytes, null, restored.Bytes);
            set.Add(Measures.Restored, null, restored.At);
        }
        else
            foreach (var measure in new[] { Measures.RestoreTook, Measures.RestoreBytes, Measures.Restored })
                set.AddUnknown(
                    measure, null, Unknown.NotYet("no restore to an open server was ever run from this host"));

        AddDue(Measures.NextFullDue, facts.Cluster.Full);
        AddDue(Measures.NextIncrementalDue, facts.Cluster.Incremental);
        set.Add(Measures.KeyMode, null, facts.Host.IsSealed ? "sealed" : "simple");

        if (facts.Host.KeysTried is { } tried)
            set.Add(Measures.KeysTried, null, tried);
        else
            set.AddUnknown(
                Measures.KeysTried, null, Unknown.NotYet("no recovery key was ever tried from this host"));

        if (facts.Policy.Header.NextReview is { } review)
            set.Add(Measures.NextReview, null, new DateTimeOffset(review.ToDateTime(default), TimeSpan.Zero));
        else
            set.AddUnknown(Measures.NextReview, null, Unknown.NotYet("the policy names no day"));

        void AddDue(Measure measure, Schedule? schedule)
        {
            if (schedule?.Next(facts.Now) is { } next)
                set.Add(measure, null, next);
            else
                set.AddUnknown(measure, null, Unknown.NotYet("no schedule of the policy says so"));
        }
    }
}
