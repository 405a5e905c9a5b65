using System.Text;
using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Verification;

/// <summary>Reads whole small packs: the cluster document of a backup.</summary>
static class DocumentReading
{
    const int MaxBytes = 256 << 20;

    /// <summary>Reads and checks a cluster document; throws where it does not belong to the backup.</summary>
    public static async ValueTask CheckClusterAsync(
        PackObjectReader pack, Manifest backup, CancellationToken cancellationToken)
    {
        var json = await ReadAsync(pack, cancellationToken).ConfigureAwait(false);
        var document = JsonSerializer.Deserialize(json.Span, RepositoryJson.Default.ClusterDocument)
            ?? throw new CodecException(CodecFailure.Damaged, "it is empty");

        var label = BackupLabel.Parse(Encoding.UTF8.GetString(document.BackupLabel));

        if ((label.StartWal, label.StartTimeline, label.StartWalFile)
            != (backup.StartLsn, backup.Timeline, backup.WalFirst))
            throw new CodecException(CodecFailure.Damaged, "its backup_label does not begin where the manifest says");

        var mapped = TablespaceMap.Parse(Encoding.UTF8.GetString(document.TablespaceMap)).Locations;

        if (!mapped.Select(t => (t.Oid, t.Path)).ToHashSet()
            .SetEquals(document.Tablespaces.Select(t => (t.Oid, t.Location))))
            throw new CodecException(CodecFailure.Damaged, "its tablespace_map and its list of tablespaces differ");

        foreach (var history in document.History)
            if (WalFileName.TryParse(history.Name, out var name) && name.Kind == WalFileKind.TimelineHistory)
                TimelineHistory.Parse(name.Timeline, Encoding.UTF8.GetString(history.Content));
            else
                throw new CodecException(CodecFailure.Damaged, $"it holds '{history.Name}' as a history file");
    }

    static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(PackObjectReader pack, CancellationToken cancellationToken)
    {
        if (pack.Table.PlainBytes > MaxBytes)
            throw new CodecException(CodecFailure.Damaged, "it is larger than any such document may be");

        var bytes = new byte[pack.Table.PlainBytes];
        var filled = 0;

        for (var i = 0; i < pack.Table.Frames.Count; i++)
            filled += await pack.ReadFrameAsync(i, bytes.AsMemory(filled), cancellationToken).ConfigureAwait(false);

        return bytes;
    }
}
