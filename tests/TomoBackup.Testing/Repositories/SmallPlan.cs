using TomoBackup.Backups.Changes;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Repositories;

namespace TomoBackup.Testing.Repositories;

/// <summary>One of the backups of a <see cref="SmallRepository"/>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Timeline">On which it is taken.</param>
/// <param name="Span">From start to stop.</param>
/// <param name="Epoch">Of its generation.</param>
/// <param name="Key">The epoch's.</param>
/// <param name="History">History files that it carries.</param>
/// <param name="Parent">What it builds on; null for a full one.</param>
sealed record SmallPlan(
    string Id,
    uint Timeline,
    (Lsn Start, Lsn Stop) Span,
    EpochId Epoch,
    EpochKey Key,
    IReadOnlyList<NamedContent> History,
    ParentBackup? Parent)
{
    public string Generation => Parent?.Manifest.Generation ?? Id;
}

/// <summary>The key of the one epoch that is read while a repository is made.</summary>
sealed class OneKey(EpochKey key) : IEpochKeys
{
    public ValueTask<EpochKey> GetAsync(EpochId epoch, CancellationToken cancellationToken)
        => ValueTask.FromResult(key);
}
