using TomoBackup.Postgres.DataDirectory;

namespace TomoBackup.Postgres.Summaries;

/// <summary>
/// What the WAL of a span changed, by fork, gathered from its summaries. A block that is not in it is, but for the free
/// space map, byte for byte what it was when the span began, or a block of zeros that was added without WAL.
/// </summary>
public sealed class ChangedBlocks
{
    readonly Dictionary<RelationForkId, ChangedFork> _forks = [];

    /// <summary>Forks that are named.</summary>
    public int Count => _forks.Count;

    /// <summary>What happened to a fork; null where WAL does not name it.</summary>
    public ChangedFork? Find(RelationForkId fork) => _forks.GetValueOrDefault(fork);

    /// <summary>True where the whole database was made or dropped in this tablespace: everything of it there is
    /// new.</summary>
    public bool IsNewDatabase(uint tablespace, uint database)
        => _forks.ContainsKey(new RelationForkId(tablespace, database, 0, RelationFork.Main));

    internal ChangedFork Of(RelationForkId fork)
    {
        if (!_forks.TryGetValue(fork, out var changed))
            _forks[fork] = changed = new ChangedFork();

        return changed;
    }
}
