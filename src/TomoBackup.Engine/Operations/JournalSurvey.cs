using TomoBackup.Measurements;

namespace TomoBackup.Operations;

/// <summary>What earlier runs on this host measured of one cluster.</summary>
sealed class JournalSurvey(OperationJournal journal, string cluster)
{
    /// <summary>How many runs of a verb to look at, at most: a verification each hour for a month.</summary>
    const int Most = 720;

    /// <summary>Reads what counts.</summary>
    public HostFacts Read(bool isSealed) => new()
    {
        IsSealed = isSealed,
        Verified = Verified(),
        Restored = Restores()
            .Select(run => new RestoreRun(run.Time, TimeSpan.FromSeconds(run.Seconds), run.Note!.Bytes!.Value))
            .FirstOrDefault(),
        KeysTried = Restores().Concat(Runs("key-check").Where(run => run.Note is { Damage: 0 }))
            .Select(run => (DateTimeOffset?)run.Time)
            .Max(),
    };

    /// <summary>Those that went to an open server, which opened every key that they needed. Init opens none: it makes
    /// them.</summary>
    IEnumerable<JournalEntry> Restores()
        => Runs("restore").Where(run => run.Note is { Started: true, Bytes: not null });

    List<VerifyRun> Verified()
        => [.. Runs("verify")
            .Where(run => run.Note is { Repository: not null, Deep: not null, Damage: not null })
            .Select(run => new VerifyRun(
                run.Note!.Repository!, run.Time, run.Note.Deep!.Value, run.Note.Damage!.Value))
            .GroupBy(run => (run.Repository, run.IsDeep))
            .Select(group => group.MaxBy(run => run.At)!)];

    /// <summary>Runs that were done, newest first.</summary>
    IEnumerable<JournalEntry> Runs(string verb)
        => journal.Newest(verb).Take(Most).Where(run => run.Cluster == cluster && run.Result == JournalEntry.Done);
}
