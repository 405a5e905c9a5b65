using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>
/// Reads archived files whole, in the archive or in a backup: the content must be the one that the key names, must be
/// WAL of this cluster whose records chain, and must be what its notes say.
/// </summary>
sealed class WalReading(PackInspection packs, IdKey? idKey)
{
    readonly ConcurrentDictionary<uint, TimelineHistory> _histories = new();

    /// <summary>The sound history files read so far.</summary>
    public IReadOnlyDictionary<uint, TimelineHistory> Histories => _histories;

    /// <summary>Reads one; its damage is reported.</summary>
    /// <param name="content">Reused from file to file; holds one of them whole.</param>
    public async ValueTask ReadAsync(
        ObjectKey key, string? sha256, Cost cost, FrameBuffer content, CancellationToken cancellationToken)
    {
        var kind = RepositoryLayout.SplitContentName(key) is var (name, _) && WalName.IsHistory(name)
            ? PackKind.History
            : PackKind.Wal;

        await packs.InspectAsync(
            key, kind, sha256, cost, pack => ReadAsync(key, pack, content, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    async ValueTask ReadAsync(
        ObjectKey key, PackObjectReader pack, FrameBuffer content, CancellationToken cancellationToken)
    {
        if (RepositoryLayout.SplitContentName(key) is not var (name, id) || !WalFileName.TryParse(name, out var parsed))
            throw Damaged("its key names no file of PostgreSQL's archive");

        if (pack.Table.PlainBytes > WalSegmentSize.MaxBytes)
            throw Damaged("it is larger than any segment may be");

        var bytes = content.Of((int)pack.Table.PlainBytes);
        var filled = 0;

        for (var i = 0; i < pack.Table.Frames.Count; i++)
            filled += await pack.ReadFrameAsync(i, bytes[filled..], cancellationToken).ConfigureAwait(false);

        if (idKey is not null && ContentId.Compute(idKey, name, bytes.Span).ToString() != id)
            throw Damaged("its content is not the one that its key names");

        if (parsed.Kind == WalFileKind.TimelineHistory)
            _histories[parsed.Timeline] = TimelineHistory.Parse(parsed.Timeline, Encoding.UTF8.GetString(bytes.Span));
        else
            CheckNotes(parsed, bytes, pack.Table);
    }

    void CheckNotes(WalFileName name, ReadOnlyMemory<byte> bytes, PackTable table)
    {
        var (seen, secret) = WalInspection.Inspect(name, bytes.Span, packs.Context.Lineage);
        var note = JsonSerializer.Deserialize(table.Header.PublicNote.Span, RepositoryJson.Default.WalNote);

        if (note != seen)
            throw Damaged("its public note does not say what its content is");

        var points = table.PrivateNote.IsEmpty
            ? null
            : JsonSerializer.Deserialize(table.PrivateNote.Span, RepositoryJson.Default.WalPrivateNote);

        if (!(points?.RestorePoints ?? []).SequenceEqual(secret?.RestorePoints ?? []))
            throw Damaged("its private note does not name the restore points in its content");
    }

    static CodecException Damaged(string reason) => new(CodecFailure.Damaged, reason);
}
