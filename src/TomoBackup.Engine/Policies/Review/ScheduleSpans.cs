namespace TomoBackup.Policies.Review;

/// <summary>What the runs of schedules have to do with each other.</summary>
static class ScheduleSpans
{
    /// <summary>Runs of a year are looked at; a leap day more costs nothing.</summary>
    static readonly TimeSpan Horizon = TimeSpan.FromDays(366);

    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    extension(Schedule schedule)
    {
        /// <summary>The longest time from one run to the next; null where there are no two.</summary>
        public TimeSpan? LongestGap(DateTimeOffset now)
        {
            TimeSpan? longest = null;

            for (var run = schedule.Next(now); run is { } at && at < now + Horizon;)
            {
                run = schedule.Next(at);
                longest = run is { } next && !(next - at <= longest) ? next - at : longest;
            }

            return longest ?? (schedule.Next(now) is { } first ? schedule.Next(first) - first : null);
        }

        /// <summary>The first minute within a year at which both run; null where there is none.</summary>
        public DateTimeOffset? FirstMeeting(Schedule other, DateTimeOffset now)
        {
            var (mine, others) = (schedule.Next(now), other.Next(now));

            while (mine is { } a && others is { } b && a < now + Horizon && b < now + Horizon)
            {
                if (a == b)
                    return a;

                // Whoever is behind leaps to its first run that is not before the other's.
                if (a < b)
                    mine = schedule.Next(b - Minute);
                else
                    others = other.Next(a - Minute);
            }

            return null;
        }
    }

    extension(BackupPolicy policy)
    {
        /// <summary>The longest time from one full backup to the next, which is how long a generation lives; null where
        /// no schedule says so for every cluster.</summary>
        public TimeSpan? LongestGeneration(DateTimeOffset now)
        {
            var gaps = policy.Clusters.Select(cluster => cluster.Full?.LongestGap(now)).ToList();
            return gaps.TrueForAll(gap => gap is not null) ? gaps.Max() : null;
        }
    }
}
