namespace TomoBackup.Backups;

/// <summary>Notes where a backup's time goes.</summary>
sealed class PhaseClock(TimeProvider time)
{
    readonly Dictionary<string, TimeSpan> _phases = [];
    readonly long _began = time.GetTimestamp();
    long _last = time.GetTimestamp();

    /// <summary>Ends the phase that has been running since the last end.</summary>
    public void End(string phase) => End(phase, time.GetTimestamp());

    /// <summary>Ends two phases of which the first ended at a noted moment.</summary>
    public void Split(string first, long firstEnd, string second)
    {
        End(first, firstEnd);
        End(second);
    }

    /// <summary>All of them.</summary>
    public BackupPhases Phases()
        => new(Of("checkpoint"), Of("copy"), Of("sync"), Of("wal"), Of("publish"), time.GetElapsedTime(_began));

    void End(string phase, long now)
    {
        _phases[phase] = Of(phase) + time.GetElapsedTime(_last, now);
        _last = now;
    }

    TimeSpan Of(string phase) => _phases.GetValueOrDefault(phase);
}
