using TomoBackup.Repositories;

namespace TomoBackup.Archiving;

/// <summary>
/// Which files one call pushes: the one that PostgreSQL asks for, and further ones that wait, so that several are
/// compressed at once and the calls to come find their work done. Only the first is acknowledged by this call.
/// </summary>
/// <param name="Requested">The file that PostgreSQL waits for.</param>
/// <param name="Ahead">Others, oldest first.</param>
sealed record PushPlan(string Requested, IReadOnlyList<string> Ahead)
{
    /// <summary>Decides: pure.</summary>
    /// <param name="requested">What PostgreSQL asks for.</param>
    /// <param name="ready">Names in <c>archive_status</c> that wait, in any order.</param>
    /// <param name="pushed">Names that an earlier call has pushed ahead.</param>
    /// <param name="limit">How many to push ahead at most.</param>
    public static PushPlan Decide(
        string requested, IEnumerable<string> ready, IReadOnlySet<string> pushed, int limit)
    {
        // History files and backup labels are archived one by one: they are rare, and order matters with them.
        if (!WalName.IsSegment(requested))
            return new PushPlan(requested, []);

        var ahead = ready
            .Where(name => WalName.IsSegment(name)
                && string.CompareOrdinal(name, requested) > 0
                && name[..8] == requested[..8]
                && !pushed.Contains(name))
            .Order(StringComparer.Ordinal)
            .Take(limit);

        return new PushPlan(requested, [.. ahead]);
    }
}
