using TomoBackup.Codecs;
using TomoBackup.Repositories;

namespace TomoBackup.Archiving;

/// <summary>The key that names contents: without it a host cannot push.</summary>
sealed class PushKeys(HostState state, Lineage lineage)
{
    /// <summary>Reads it from this host's state.</summary>
    public IdKey ReadIdKey()
    {
        using var key = state.OpenEpochs(lineage.Id).TryRead(lineage.IdEpoch)
            ?? throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"this host has no id key of cluster '{lineage.Cluster}'",
                hint: "Run 'tomo-backup init' again with the recovery identity: it restores what this host lost.");

        return new IdKey(key);
    }
}
