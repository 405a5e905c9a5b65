namespace TomoBackup.Following;

/// <summary>How a repository follows another.</summary>
/// <param name="PlanOnly">True to say what would be copied, and to copy nothing.</param>
/// <param name="Workers">Objects under way at once.</param>
public sealed record FollowOptions(bool PlanOnly = false, int Workers = FollowOptions.UsualWorkers)
{
    /// <summary>As many as hide the answer time of a distant store.</summary>
    public const int UsualWorkers = 8;

    /// <summary>Between two looks of <c>--watch</c>.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    /// <summary>Between two looks while a store does not answer.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
}
