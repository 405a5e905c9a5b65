using TomoBackup.Codecs;

namespace TomoBackup.Repositories;

/// <summary>
/// The epoch of the generation that is open in each repository, as this host remembers it: a new full backup in one
/// closes the earlier generation there, and no other. Losing it costs a new full backup.
/// </summary>
/// <param name="ByRepository">Epochs by the repository's id.</param>
sealed record OpenGenerations(IReadOnlyDictionary<string, EpochId> ByRepository)
{
    /// <summary>Nothing is open.</summary>
    public static OpenGenerations None { get; } = new(new Dictionary<string, EpochId>());

    /// <summary>The epochs that are open anywhere.</summary>
    public IEnumerable<EpochId> Epochs => ByRepository.Values;

    /// <summary>The same with a new generation in one repository.</summary>
    public OpenGenerations Open(string repository, EpochId epoch)
        => new(new Dictionary<string, EpochId>(ByRepository) { [repository] = epoch });
}
