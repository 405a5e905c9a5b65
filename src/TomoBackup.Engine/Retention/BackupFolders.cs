using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Retention;

/// <summary>Reads the folders of backups from a listing, a generation at a time, and holds each manifest against what
/// was listed.</summary>
sealed class BackupFolders(
    Repository repository, Lineage lineage, Action<DateTimeOffset> note, List<string> problems)
{
    readonly Dictionary<string, Folder> _generation = new(StringComparer.Ordinal);

    sealed class Folder(string generation, string backup)
    {
        public string Generation => generation;

        public string Backup => backup;

        public Dictionary<string, long> Lengths { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset Stored { get; set; } = DateTimeOffset.MinValue;
    }

    /// <summary>Those with an authentic manifest.</summary>
    public List<KnownBackup> Backups { get; } = [];

    /// <summary>Those without.</summary>
    public List<UnfinishedBackup> Unfinished { get; } = [];

    /// <summary>Of the newest manifest; null where there is none.</summary>
    public WalSegmentSize? SegmentSize { get; private set; }

    /// <summary>Reads them.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var prefix = RepositoryLayout.Backups(lineage.Id);

        await foreach (var entry in repository.Store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Key.Value[prefix.Length..].Split('/', 3) is not [var generation, var backup, var name])
                continue;

            if (_generation.Count > 0 && _generation.Values.First().Generation != generation)
                await EndGenerationAsync(cancellationToken).ConfigureAwait(false);

            if (!_generation.TryGetValue(backup, out var folder))
                _generation[backup] = folder = new Folder(generation, backup);

            folder.Lengths[name] = entry.Length;
            folder.Stored = entry.Modified > folder.Stored ? entry.Modified : folder.Stored;
            note(entry.Modified);
        }

        await EndGenerationAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task EndGenerationAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in _generation.Values)
        {
            var manifest = folder.Lengths.ContainsKey(RepositoryLayout.ManifestName)
                ? await TryOpenAsync(folder, cancellationToken).ConfigureAwait(false)
                : null;

            if (manifest is null)
                Unfinished.Add(new UnfinishedBackup(
                    folder.Backup,
                    folder.Generation,
                    folder.Stored,
                    folder.Lengths.ContainsKey(RepositoryLayout.ManifestName),
                    folder.Lengths.Count,
                    folder.Lengths.Values.Sum()));
            else
                Add(folder, manifest);
        }

        _generation.Clear();
    }

    async Task<Manifest?> TryOpenAsync(Folder folder, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(
            RepositoryLayout.Backup(lineage.Id, folder.Generation, folder.Backup) + RepositoryLayout.ManifestName);

        if (await repository.TryReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } envelope)
            return null;

        try
        {
            return Catalog.Open(lineage, key, envelope);
        }
        catch (Exception e) when (e is CodecException or JsonException)
        {
            problems.Add($"'{key}' in repository '{repository.Name}' is not an authentic manifest: {e.Message}");
            return null;
        }
    }

    void Add(Folder folder, Manifest manifest)
    {
        SegmentSize = new WalSegmentSize(manifest.WalSegmentSize);
        note(manifest.Stopped);

        var isWhole = manifest.Objects.All(o => IsThere(folder, o.Name, o.Length))
            && manifest.References.All(r => _generation.TryGetValue(r.Backup, out var earlier)
                && IsThere(earlier, r.Name, r.Length));

        if (!isWhole)
            problems.Add(
                $"backup '{manifest.Backup}' in repository '{repository.Name}' lacks objects that its manifest names: "
                    + "it is not good");

        Backups.Add(new KnownBackup(
            manifest.Backup,
            manifest.Generation,
            manifest.Kind == Manifest.Full,
            manifest.IsGood && isWhole,
            manifest.Stopped,
            manifest.Timeline,
            manifest.StartLsn,
            manifest.StopLsn,
            [.. manifest.References.Select(r => r.Backup).Distinct(StringComparer.Ordinal)],
            manifest.StoredBytes));
    }

    static bool IsThere(Folder folder, string name, long length)
        => folder.Lengths.TryGetValue(name, out var listed) && listed == length;
}
