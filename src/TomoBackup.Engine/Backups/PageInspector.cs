using TomoBackup.Postgres;
using TomoBackup.Postgres.Pages;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>
/// Checks the pages that a backup reads. A page may be torn because the server writes it at this moment: it is read
/// again a few times, and accepted when its checksum matches or when it turns out newer than the backup's start (WAL
/// replay rewrites it then). What persists is damage in the source, and is named.
/// </summary>
sealed class PageInspector(Lsn backupStart, int blockSize, TimeProvider time)
{
    const int Rereads = 8;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    /// <summary>Checks every whole page of a piece of a file; the piece may be corrected by a second look.</summary>
    /// <param name="offset">Where the piece begins in the file.</param>
    /// <param name="firstBlock">Number of the file's first block in its fork.</param>
    /// <param name="damage">Receives the bad blocks, as numbers within the file.</param>
    public void Inspect(IFileReader reader, long offset, uint firstBlock, Span<byte> piece, List<uint> damage)
    {
        for (var at = 0; at + blockSize <= piece.Length; at += blockSize)
        {
            var page = piece.Slice(at, blockSize);
            var block = (uint)((offset + at) / blockSize);

            if (!IsSound(page, firstBlock + block) && !BecomesSound(reader, offset + at, page, firstBlock + block))
                damage.Add(block);
        }
    }

    bool IsSound(ReadOnlySpan<byte> page, uint block)
        => PageCheck.Judge(page, block, backupStart)
            is PageVerdict.Ok or PageVerdict.NewPage or PageVerdict.NewerThanStart;

    bool BecomesSound(IFileReader reader, long offset, Span<byte> page, uint block)
    {
        var again = new byte[page.Length];

        for (var i = 0; i < Rereads; i++)
        {
            // Rare and short; a worker has nothing better to do meanwhile.
            Task.Delay(Pause, time).Wait();

            if (reader.Read(offset, again) < again.Length)
                return true; // truncated meanwhile: replay truncates it again

            if (IsSound(again, block))
            {
                again.CopyTo(page);
                return true;
            }
        }

        return false;
    }
}
