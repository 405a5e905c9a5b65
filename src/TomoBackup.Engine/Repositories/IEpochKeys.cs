using TomoBackup.Codecs;

namespace TomoBackup.Repositories;

/// <summary>Where data keys come from: this host and its identities, or a recovery that was prepared.</summary>
interface IEpochKeys
{
    /// <summary>The key of an epoch, which stays the source's own; throws with
    /// <see cref="ErrorCode.KeyMissingOrWrong"/> where it cannot be had.</summary>
    ValueTask<EpochKey> GetAsync(EpochId epoch, CancellationToken cancellationToken);
}
