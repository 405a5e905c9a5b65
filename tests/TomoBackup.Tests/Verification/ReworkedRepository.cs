using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;
using TomoBackup.Testing.Repositories;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Verification;

/// <summary>What only a faulty writer of ours, who holds all keys, can do to a repository: everything in it is signed
/// and authentic, and wrong.</summary>
sealed class ReworkedRepository(SmallRepository small)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public MemoryObjectStore Store { get; } = small.CopyStore();

    /// <summary>Writes the file list of the first backup anew, and a manifest that names it.</summary>
    public async Task RewriteListAsync(Func<FileListLine, FileListLine> change)
    {
        var repository = small.Over(Store);
        using var keys = small.Keys(repository);
        var manifest = small.Backups[0].Manifest;
        var folder = RepositoryLayout.Backup(manifest.Lineage, manifest.Generation, manifest.Backup);
        var key = new ObjectKey(folder + RepositoryLayout.FileListName);
        var lines = new List<FileListLine>();

        await using (var old = await PackObjectReader.OpenAsync(
            Store, key, PackKind.FileList, small.Lineage.Id, keys, Cancellation))
            await foreach (var line in new FileListReader(old!).ReadAsync(Cancellation))
                lines.Add(change(line));

        using var compressor = new ZstdCompressor(1);
        await using var pack = await BeginAsync(key, PackKind.FileList, manifest, keys, compressor);
        var list = new FileListWriter(pack, 512);

        foreach (var line in lines)
            await list.WriteAsync(line, Cancellation);

        var written = await list.CommitAsync(Cancellation);
        Republish(
            manifest with { FileBytes = lines.Sum(l => l.Size ?? 0) },
            new ManifestObject(
                RepositoryLayout.FileListName, written.Length, written.Sha256, written.Id.ToString()));
    }

    /// <summary>Writes the cluster document of the first backup anew, and a manifest that names it.</summary>
    public async Task RewriteClusterAsync(Func<ClusterDocument, ClusterDocument> change)
    {
        using var keys = small.Keys(small.Over(Store));
        var (manifest, document) = (small.Backups[0].Manifest, small.Backups[0].Cluster);
        var folder = RepositoryLayout.Backup(manifest.Lineage, manifest.Generation, manifest.Backup);
        using var compressor = new ZstdCompressor(1);
        await using var pack = await BeginAsync(
            new ObjectKey(folder + RepositoryLayout.ClusterName), PackKind.Cluster, manifest, keys, compressor);
        await pack.WriteFrameAsync(
            JsonSerializer.SerializeToUtf8Bytes(change(document), RepositoryJson.Default.ClusterDocument),
            Cancellation);
        var written = await pack.CommitAsync(default, Cancellation);
        Republish(
            manifest,
            new ManifestObject(RepositoryLayout.ClusterName, written.Length, written.Sha256, written.Id.ToString()));
    }

    async Task<PackObjectWriter> BeginAsync(
        ObjectKey key, PackKind kind, Manifest manifest, KeyRing keys, ZstdCompressor compressor)
    {
        await Store.DeleteAsync(key, Cancellation);
        var scope = new PackScope(kind, small.Lineage.Id, manifest.Epoch);
        return await PackObjectWriter.CreateAsync(
            [Store],
            key,
            PackEncoder.Begin(scope, await keys.GetAsync(manifest.Epoch, Cancellation), SystemEntropy.Instance, default,
                compressor),
            null,
            Cancellation);
    }

    /// <summary>Archives a file under the pack id and with the notes that the caller likes.</summary>
    public async Task<ObjectKey> ArchiveAsync(string name, byte[] content, byte[] note, IEntropy entropy,
        string? contentId = null)
    {
        using var keys = small.Keys(small.Over(Store));
        var any = Store.Keys.First(k => k.Value.StartsWith("wal/", StringComparison.Ordinal));
        var epoch = (await PackObjectReader.ReadHeaderAsync(Store, any, Cancellation))!.Scope.Epoch;
        using var idKey = new IdKey(await keys.GetAsync(small.Lineage.IdEpoch, Cancellation));
        var key = RepositoryLayout.WalObject(
            small.Lineage.Id, name, contentId ?? ContentId.Compute(idKey, name, content).ToString());

        await Store.DeleteAsync(key, Cancellation);
        using var compressor = new ZstdCompressor(1);
        await using var pack = await PackObjectWriter.CreateAsync(
            [Store],
            key,
            PackEncoder.Begin(
                new PackScope(PackKind.Wal, small.Lineage.Id, epoch), await keys.GetAsync(epoch, Cancellation), entropy,
                    note, compressor),
            null,
            Cancellation);

        foreach (var frame in content.Chunk(PackEncoder.MaxPlainBytes))
            await pack.WriteFrameAsync(frame, Cancellation);

        await pack.CommitAsync(default, Cancellation);
        return key;
    }

    void Republish(Manifest manifest, ManifestObject replaced)
    {
        ManifestObject[] objects = [.. manifest.Objects.Select(o => o.Name == replaced.Name ? replaced : o)];
        var renewed = manifest with { Objects = objects, StoredBytes = objects.Sum(o => o.Length) };

        Store.Tamper(
            Catalog.KeyOf(manifest),
            Dsse.Sign(
                DocumentType.Manifest,
                JsonSerializer.SerializeToUtf8Bytes(renewed, RepositoryJson.Default.Manifest),
                small.Signer));
    }
}

/// <summary>Gives out the same bytes each time: a host with frozen randomness.</summary>
sealed class FrozenEntropy(byte[] bytes) : IEntropy
{
    public void Fill(Span<byte> buffer) => bytes.AsSpan(0, buffer.Length).CopyTo(buffer);

    /// <summary>The entropy that would make a pack with this one's id.</summary>
    public static FrozenEntropy Of(PackHeader header)
    {
        var id = new byte[PackId.Length];
        header.Id.CopyTo(id);
        return new FrozenEntropy(id);
    }
}

/// <summary>A store in which one object lies on a bad sector, or which is out of reach as a whole.</summary>
sealed class FailingStore(IObjectStore inner, Func<ObjectKey, bool> fails) : IObjectStore
{
    public string Address => inner.Address;

    public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
        => inner.CreateAsync(key, cancellationToken);

    public ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
        => fails(key)
            ? throw new StoreException(StoreFailure.Unreachable, $"unable to read '{key}': input/output error")
            : inner.OpenAsync(key, cancellationToken);

    public IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, CancellationToken cancellationToken)
        => inner.ListAsync(prefix, cancellationToken);

    public ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
        => inner.DeleteAsync(key, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
