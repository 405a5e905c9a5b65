using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Setup;

/// <summary>Opens an epoch with identities alone, from what the repository holds: all that a new machine
/// has.</summary>
static class KeyTrial
{
    /// <summary>Throws where none of the identities opens it.</summary>
    public static async Task OpenAsync(
        Repository repository,
        Lineage lineage,
        EpochId epoch,
        IReadOnlyList<AgeIdentity> identities,
        IFileSystem files,
        CancellationToken cancellationToken)
    {
        using var ring = new KeyRing(repository, lineage, new NoOpenEpochs(files), identities);
        await ring.GetAsync(epoch, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Keys are tried from the repository alone.</summary>
sealed class NoOpenEpochs(IFileSystem files) : OpenEpochs(files, "/nonexistent");
