using System.Security.Cryptography;
using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>Opens what a backup holds.</summary>
/// <param name="windows">Reads packs that are far away; null to read frame by frame, as suits who reads few.</param>
sealed class BackupContents(
    Repository repository, Manifest manifest, IEpochKeys keys, PackWindows? windows = null)
{
    const int MaxClusterBytes = 64 << 20;

    // A restore of a large cluster opens thousands of packs.
    readonly Dictionary<string, ManifestObject> _objects = manifest.Objects
        .DistinctBy(o => o.Name, StringComparer.Ordinal)
        .ToDictionary(o => o.Name, StringComparer.Ordinal);

    // Those of earlier backups of the generation too: numbers are unique among all that a manifest names.
    readonly Dictionary<int, StoredPack> _packs = StoredPack.Of(manifest);

    readonly string _prefix = RepositoryLayout.Backup(manifest.Lineage, manifest.Generation, manifest.Backup);

    /// <summary>What is kept of the cluster as a whole.</summary>
    public async Task<ClusterDocument> ReadClusterAsync(CancellationToken cancellationToken)
    {
        var bytes = await ReadAllAsync(
            RepositoryLayout.ClusterName, PackKind.Cluster, MaxClusterBytes, cancellationToken)
            .ConfigureAwait(false);

        try
        {
            var cluster = JsonSerializer.Deserialize(bytes, RepositoryJson.Default.ClusterDocument)
                ?? throw new JsonException("it is empty");

            // A name becomes a path of the target: it may lead nowhere else.
            return cluster.History.FirstOrDefault(history => !WalName.IsHistory(history.Name)) is { } foreign
                ? throw new JsonException($"'{foreign.Name}' is not the name of a history file")
                : cluster;
        }
        catch (JsonException e)
        {
            throw PackObjectReader.NotAuthentic(
                repository.Store, KeyOf(RepositoryLayout.ClusterName),
                new CodecException(CodecFailure.Damaged, e.Message));
        }
    }

    /// <summary>The files, line by line.</summary>
    public async IAsyncEnumerable<FileListLine> ReadFilesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pack = await OpenAsync(RepositoryLayout.FileListName, PackKind.FileList, cancellationToken)
            .ConfigureAwait(false);

        await using (pack.ConfigureAwait(false))
            await foreach (var line in new FileListReader(pack).ReadAsync(cancellationToken).ConfigureAwait(false))
                yield return line;
    }

    /// <summary>Opens a data pack by its number, wherever in the generation it is.</summary>
    public Task<PackObjectReader> OpenPackAsync(int number, CancellationToken cancellationToken)
        => _packs.TryGetValue(number, out var pack)
            ? OpenAsync(pack.Key, pack.Object, PackKind.Data, cancellationToken)
            : throw Damaged(KeyOf(RepositoryLayout.PackName(number)), "is not named by its manifest");

    /// <summary>Where the data pack of a number is, for messages.</summary>
    public ObjectKey PackKey(int number)
        => _packs.TryGetValue(number, out var pack) ? pack.Key : KeyOf(RepositoryLayout.PackName(number));

    /// <summary>The WAL that the backup carries: PostgreSQL's name and the object's name.</summary>
    public IEnumerable<(string Name, string Object)> Wal()
        => from item in manifest.Objects
           where item.Name.StartsWith(RepositoryLayout.BackupWalPrefix, StringComparison.Ordinal)
           let parts = RepositoryLayout.SplitContentName(KeyOf(item.Name))
           where parts is not null
           select (parts.Value.Name, item.Name);

    /// <summary>Reads a WAL segment that the backup carries.</summary>
    public Task<byte[]> ReadWalAsync(string objectName, CancellationToken cancellationToken)
        => ReadAllAsync(objectName, PackKind.Wal, manifest.WalSegmentSize, cancellationToken);

    /// <summary>Where an object of this backup is.</summary>
    public ObjectKey KeyOf(string name) => new(_prefix + name);

    /// <summary>Opens an object, which must be the one that the signed manifest names: by its length, and by its hash
    /// or, for the large data packs of which only parts are read, by its pack id: no frame opens under
    /// another.</summary>
    Task<PackObjectReader> OpenAsync(string name, PackKind kind, CancellationToken cancellationToken)
        => OpenAsync(
            KeyOf(name),
            _objects.GetValueOrDefault(name) ?? throw Damaged(KeyOf(name), "is not named by its manifest"),
            kind,
            cancellationToken);

    async Task<PackObjectReader> OpenAsync(
        ObjectKey key, ManifestObject named, PackKind kind, CancellationToken cancellationToken)
    {
        var store = repository.Store;
        var source = await store.OpenAsync(key, cancellationToken).ConfigureAwait(false)
            ?? throw Damaged(key, $"is missing in repository '{repository.Name}'");

        try
        {
            if (source.Length != named.Length)
                throw Damaged(key, $"has {source.Length} bytes, its manifest says {named.Length}");

            if (kind != PackKind.Data)
                source = await BufferedObject.OfAsync(source, cancellationToken).ConfigureAwait(false);

            if (kind != PackKind.Data
                && await HashAsync(source, cancellationToken).ConfigureAwait(false) != named.Sha256)
                throw Damaged(key, "is not the object that its manifest names");

            var pack = await PackObjectReader.OpenAsync(source, kind, manifest.Lineage, keys, cancellationToken)
                .ConfigureAwait(false);

            if (kind == PackKind.Data && store.IsFar && windows is not null)
                pack.ReadThrough(reader => windows.Of(key, reader));

            if (kind != PackKind.Data || pack.Table.Header.Id.ToString() == named.Pack)
                return pack;

            await pack.DisposeAsync().ConfigureAwait(false);
            throw Damaged(key, "is not the pack that its manifest names");
        }
        catch (Exception e)
        {
            await source.DisposeAsync().ConfigureAwait(false);

            if (e is CodecException codec)
                throw PackObjectReader.NotAuthentic(store, key, codec);

            throw;
        }
    }

    TomoBackupException Damaged(ObjectKey key, string reason)
        => TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"'{key}' of backup '{manifest.Backup}' {reason}",
            hint: "This backup is lost here. Choose another one, or another copy of the repository.");

    static async Task<string> HashAsync(IObjectReader source, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Math.Min(source.Length, 4 << 20)];

        for (var at = 0L; at < source.Length; at += buffer.Length)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, source.Length - at));
            await source.ReadAsync(at, part, cancellationToken).ConfigureAwait(false);
            hash.AppendData(part.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    async Task<byte[]> ReadAllAsync(string name, PackKind kind, int maxBytes, CancellationToken cancellationToken)
    {
        var pack = await OpenAsync(name, kind, cancellationToken).ConfigureAwait(false);

        await using (pack.ConfigureAwait(false))
        {
            try
            {
                if (pack.Table.PlainBytes > maxBytes)
                    throw new CodecException(CodecFailure.Damaged, "it holds more than it may");

                var bytes = new byte[pack.Table.PlainBytes];
                var filled = 0;

                for (var i = 0; i < pack.Table.Frames.Count; i++)
                    filled += await pack.ReadFrameAsync(i, bytes.AsMemory(filled), cancellationToken)
                        .ConfigureAwait(false);

                return bytes;
            }
            catch (CodecException e)
            {
                throw PackObjectReader.NotAuthentic(repository.Store, KeyOf(name), e);
            }
        }
    }
}
