using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Repositories;

namespace TomoBackup.Restores;

/// <summary>What a restore wrote, for the <c>backup_manifest</c> that pg_verifybackup compares the directory with. For
/// several threads.</summary>
sealed class RestoredFiles
{
    readonly ConcurrentBag<(string Path, long Length, DateTimeOffset Modified, uint Crc)> _files = [];

    /// <summary>Notes a file.</summary>
    /// <param name="path">Below the data directory.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="modified">When the source's content changed last.</param>
    /// <param name="crc">CRC-32C of its bytes.</param>
    public void Note(string path, long length, DateTimeOffset modified, uint crc)
        => _files.Add((path, length, modified, crc));

    /// <summary>The whole file, in the version that the backup's server reads.</summary>
    public ReadOnlySpan<byte> Manifest(Manifest backup)
    {
        var text = new ArrayBufferWriter<byte>();
        using var writer = new BackupManifestWriter(
            text, backup.MajorVersion, ulong.Parse(backup.SystemIdentifier, CultureInfo.InvariantCulture));

        foreach (var file in _files.OrderBy(f => f.Path, StringComparer.Ordinal))
            writer.AddFile(file.Path, (ulong)file.Length, file.Modified, file.Crc);

        writer.AddWalRange(backup.Timeline, backup.StartLsn, backup.StopLsn);
        writer.Complete();
        return text.WrittenSpan;
    }
}
