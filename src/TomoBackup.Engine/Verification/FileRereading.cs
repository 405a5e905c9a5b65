using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>Reads one file by its runs, cut to its size, for those that whole frames do not make up.</summary>
sealed class FileRereading(PackInspection packs, Func<int, ObjectKey> keyOf)
{
    /// <summary>The file's CRC-32C; null where its runs hold fewer bytes than its size.</summary>
    public async ValueTask<uint?> ReadAsync(
        IReadOnlyList<IReadOnlyList<int>> runs, long size, CancellationToken cancellationToken)
    {
        var checksum = Crc32C.Seed;
        var buffer = new FrameBuffer();

        foreach (var run in runs)
        {
            var context = packs.Context;
            var pack = await PackObjectReader.OpenAsync(
                context.Repository.Store, keyOf(run[0]), PackKind.Data, context.Lineage.Id, packs.Keys,
                cancellationToken).ConfigureAwait(false)
                ?? throw new CodecException(CodecFailure.Damaged, "a pack was listed and is gone");

            await using (pack.ConfigureAwait(false))
                for (var frame = run[1]; frame < run[1] + run[2] && size > 0; frame++)
                {
                    var plain = buffer.Of(pack.Table.Frames[frame].PlainBytes);
                    await pack.ReadFrameAsync(frame, plain, cancellationToken).ConfigureAwait(false);

                    var part = plain[Math.Min(run.Count == 4 ? run[3] : 0, plain.Length)..];
                    part = part[..(int)Math.Min(part.Length, size)];
                    checksum = Crc32C.Append(checksum, part.Span);
                    size -= part.Length;
                }
        }

        return size == 0 ? Crc32C.Finish(checksum) : null;
    }
}
