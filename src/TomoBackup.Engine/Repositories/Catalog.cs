using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>The backups of a lineage in one repository, oldest first.</summary>
/// <param name="Backups">Those whose manifest is authentic.</param>
/// <param name="Problems">What stands where a manifest should, and is none: one sentence each.</param>
sealed record Catalog(IReadOnlyList<Manifest> Backups, IReadOnlyList<string> Problems)
{
    /// <summary>Reads every manifest of a lineage; needs no key.</summary>
    public static async Task<Catalog> ReadAsync(
        Repository repository, Lineage lineage, CancellationToken cancellationToken)
    {
        var backups = new List<Manifest>();
        var problems = new List<string>();

        await foreach (var entry in repository.Store.ListAsync(RepositoryLayout.Backups(lineage.Id), cancellationToken)
            .ConfigureAwait(false))
        {
            if (entry.Key.Name != RepositoryLayout.ManifestName)
                continue;

            if (await repository.TryReadAsync(entry.Key, cancellationToken).ConfigureAwait(false) is not { } envelope)
                continue;

            try
            {
                backups.Add(Open(lineage, entry.Key, envelope));
            }
            catch (Exception e) when (e is CodecException or JsonException)
            {
                problems.Add(
                    $"'{entry.Key}' in repository '{repository.Name}' is not an authentic manifest: {e.Message}");
            }
        }

        backups.Sort(ByTime);
        return new Catalog(backups, problems);
    }

    /// <summary>By the moment they began. Ids say seconds only: of two in one second chance would choose the
    /// newest.</summary>
    static int ByTime(Manifest left, Manifest right)
        => left.Started.CompareTo(right.Started) is not 0 and var order
            ? order
            : string.CompareOrdinal(left.Backup, right.Backup);

    const string Newest = "latest";

    /// <summary>The backup with this id, or the only one whose id begins so; <c>latest</c> is the newest.</summary>
    public Manifest Find(string id)
    {
        if (id == Newest && Backups.Count > 0)
            return Backups[^1];

        var found = Backups.Where(b => b.Backup.StartsWith(id, StringComparison.Ordinal)).Take(2).ToList();

        return found switch
        {
            [var one] => one,
            [] => throw TomoBackupException.Create(
                ErrorCode.NotFound, $"there is no backup '{id}'", hint: "Run 'tomo-backup list' to see what there is."),
            _ => throw TomoBackupException.Create(
                ErrorCode.NotFound, $"'{id}' begins the id of more than one backup", hint: "Give more of the id."),
        };
    }

    /// <summary>Publishes a backup: after this it exists.</summary>
    public static async Task PublishAsync(
        Repository repository, Manifest manifest, SigningKey signer, CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(manifest, RepositoryJson.Default.Manifest);
        await repository
            .WriteOnceAsync(KeyOf(manifest), Dsse.Sign(DocumentType.Manifest, payload, signer), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Where a manifest stands.</summary>
    public static ObjectKey KeyOf(Manifest manifest)
        => new(RepositoryLayout.Backup(manifest.Lineage, manifest.Generation, manifest.Backup)
            + RepositoryLayout.ManifestName);

    /// <summary>The manifest under a key, authentic. Throws <see cref="CodecException"/> or <see cref="JsonException"/>
    /// where it is not, or belongs under another key.</summary>
    public static Manifest Open(Lineage lineage, ObjectKey key, byte[] envelope)
    {
        var manifest = JsonSerializer.Deserialize(
            Dsse.Open(envelope, DocumentType.Manifest, lineage.Signer), RepositoryJson.Default.Manifest);

        if (manifest is null || manifest.Format != Manifest.CurrentFormat)
            throw new CodecException(CodecFailure.Foreign, "it has a format that this program does not know");

        return manifest.Lineage == lineage.Id && KeyOf(manifest) == key
            ? manifest
            : throw new CodecException(CodecFailure.Foreign, "it stands under a key that is not its own");
    }
}
