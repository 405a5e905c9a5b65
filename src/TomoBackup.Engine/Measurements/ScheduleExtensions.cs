using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>Questions to a schedule that only who looks back asks.</summary>
static class ScheduleExtensions
{
    /// <summary>How far to look back, step by step: a schedule of minutes is found at once, one of leap days at
    /// last.</summary>
    static readonly TimeSpan[] Reach =
    [
        TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(32), TimeSpan.FromDays(366),
        TimeSpan.FromDays(366 * 8),
    ];

    extension(Schedule schedule)
    {
        /// <summary>The last run at or before a moment; null where there was none within eight years.</summary>
        public DateTimeOffset? Previous(DateTimeOffset moment)
        {
            foreach (var reach in Reach)
                if (schedule.Between(moment - reach, moment + TimeSpan.FromTicks(1)).LastOrDefault() is var last
                    && last != default)
                    return last;

            return null;
        }
    }
}
