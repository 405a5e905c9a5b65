using TomoBackup.Repositories;

namespace TomoBackup.Archiving;

/// <summary>Which waiting files may be pushed before PostgreSQL asks for them. Pure.</summary>
static class PushPlan
{
    /// <summary>Decides.</summary>
    /// <param name="asked">What PostgreSQL asked for last.</param>
    /// <param name="ready">Names in <c>archive_status</c> that wait, in any order.</param>
    /// <param name="pushed">Names that were pushed ahead already.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>Oldest first.</returns>
    public static IReadOnlyList<string> Ahead(
        string asked, IEnumerable<string> ready, IReadOnlySet<string> pushed, int limit)
        // History files and backup labels are archived one by one: they are rare, and order matters with them.
        => !WalName.IsSegment(asked)
            ? []
            : [.. ready
                .Where(name => WalName.IsSegment(name)
                    && string.CompareOrdinal(name, asked) > 0
                    && name[..8] == asked[..8]
                    && !pushed.Contains(name))
                .Order(StringComparer.Ordinal)
                .Take(limit)];
}
