using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;

namespace TomoBackup.Backups.Changes;

/// <summary>The backup that an incremental one builds on, with its file list in memory.</summary>
sealed class ParentBackup
{
    readonly Dictionary<(string Type, string Path), FileListLine> _files = [];
    readonly Dictionary<string, IReadOnlyList<uint>> _damage = new(StringComparer.Ordinal);

    ParentBackup(Manifest manifest, BackupContents contents) => (Manifest, Contents) = (manifest, contents);

    /// <summary>Its commit record.</summary>
    public Manifest Manifest { get; }

    /// <summary>What it holds and refers to.</summary>
    public BackupContents Contents { get; }

    /// <summary>All packs that a child may take frames from: those that it refers to, and its own.</summary>
    public IReadOnlyList<ManifestReference> Packs
        =>
        [
            .. Manifest.References,
            .. Manifest.Objects
                .Where(item => RepositoryLayout.TryPackNumber(item.Name) is not null)
                .Select(item => new ManifestReference(
                    Manifest.Backup, item.Name, item.Length, item.Sha256, item.Pack!)),
        ];

    /// <summary>The highest number of these packs.</summary>
    public int LastPack => Packs.Max(pack => RepositoryLayout.TryPackNumber(pack.Name)) ?? 0;

    /// <summary>Reads its file list.</summary>
    public static async Task<ParentBackup> ReadAsync(
        Repository repository, Manifest manifest, IEpochKeys keys, CancellationToken cancellationToken)
    {
        var parent = new ParentBackup(manifest, new BackupContents(repository, manifest, keys));

        await foreach (var line in parent.Contents.ReadFilesAsync(cancellationToken).ConfigureAwait(false))
            if (line.Type is FileListLine.File or FileListLine.Config)
                parent._files[(line.Type, line.Path!)] = line;
            else if (line.Type == FileListLine.Damage)
                parent._damage[line.Path!] = line.Blocks!;

        return parent;
    }

    /// <summary>The file of that path; null where it has none.</summary>
    public FileListLine? Find(string type, string path) => _files.GetValueOrDefault((type, path));

    /// <summary>Blocks of a file whose checksum failed in the source.</summary>
    public IReadOnlyList<uint> DamageOf(string path) => _damage.GetValueOrDefault(path) ?? [];
}
