using System.Collections.Concurrent;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>Numbers the packs of one backup, begins them, and keeps what was committed for the manifest.</summary>
/// <param name="lastNumber">The highest number that the backup's parent knows; 0 for none.</param>
sealed class PackFactory(
    Repository repository,
    string prefix,
    LineageId lineage,
    EpochId epoch,
    EpochKey key,
    IEntropy entropy,
    int lastNumber)
{
    readonly ConcurrentBag<ManifestObject> _committed = [];
    int _last = lastNumber;

    /// <summary>Everything committed so far.</summary>
    public IReadOnlyCollection<ManifestObject> Committed => _committed;

    /// <summary>Begins the next data pack.</summary>
    public async ValueTask<(int Number, PackObjectWriter Pack)> CreateAsync(
        byte[] buffer, ZstdCompressor compressor, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _last);
        var name = RepositoryLayout.PackName(number);
        var pack = await CreateAsync(name, PackKind.Data, buffer, compressor, cancellationToken)
            .ConfigureAwait(false);
        return (number, pack);
    }

    /// <summary>Begins any other pack of the backup.</summary>
    public ValueTask<PackObjectWriter> CreateAsync(
        string name,
        PackKind kind,
        byte[]? buffer,
        ZstdCompressor compressor,
        CancellationToken cancellationToken)
    {
        var encoder = PackEncoder.Begin(new PackScope(kind, lineage, epoch), key, entropy, default, compressor);
        return PackObjectWriter.CreateAsync(
            [repository.Store], new ObjectKey(prefix + name), encoder, buffer, cancellationToken);
    }

    /// <summary>Commits a data pack.</summary>
    public async Task CommitAsync(int number, PackObjectWriter pack, CancellationToken cancellationToken)
    {
        await using (pack.ConfigureAwait(false))
            Note(
                RepositoryLayout.PackName(number),
                await pack.CommitAsync(default, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Notes an object for the manifest.</summary>
    public void Note(string name, PackObject pack)
    {
        if (pack.Outcomes[0] == CommitOutcome.AlreadyExists)
            throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"'{prefix}{name}' exists already in repository '{repository.Name}'",
                hint: "Two programs took the same backup id, which chance forbids: look for a cloned host with frozen "
                    + "randomness.");

        _committed.Add(new ManifestObject(name, pack.Length, pack.Sha256, pack.Id.ToString()));
    }
}
