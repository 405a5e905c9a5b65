using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Archiving;

/// <summary>
/// Archives what a stopped, perhaps damaged data directory still holds of WAL: finished segments that never left it,
/// and the one that was being written, as a partial. So nothing that was acknowledged is lost where the disk survived.
/// </summary>
sealed class SalvageOperation(ArchivingContext context)
{
    /// <summary>Archives everything of use.</summary>
    /// <returns>The names that were stored now.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var folder = $"{dataDirectory}/pg_wal";
        var stored = new List<string>();

        if (context.Files.Stat(folder) is null)
            return stored;

        using var keys = await PushKeys.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        var pusher = keys.NewPusher();

        await using (pusher.ConfigureAwait(false))
            foreach (var file in context.Files.List(folder).OrderBy(f => f.Name, StringComparer.Ordinal))
                if (file.Kind == FileKind.File && NameToArchive(file.Name, $"{folder}/{file.Name}") is { } name)
                {
                    if (await IsArchivedAsync(file.Name, cancellationToken).ConfigureAwait(false))
                        continue;

                    if ((await pusher.PushAsync(name, $"{folder}/{file.Name}", cancellationToken)
                        .ConfigureAwait(false)).Stored)
                        stored.Add(name);
                }

        return stored;
    }

    async Task<bool> IsArchivedAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var repository in context.Repositories)
        {
            var found = await new WalArchive(repository, context.Lineage.Id).FindAsync(name, cancellationToken)
                .ConfigureAwait(false);

            if (found.Count == 0)
                return false;
        }

        return true;
    }

    /// <summary>Under which name a file is archived: its own when finished, as partial when it holds any record, none
    /// when it is a recycled file that was not written yet.</summary>
    string? NameToArchive(string fileName, string path)
    {
        if (!WalFileName.TryParse(fileName, out var name))
            return null;

        if (name.Kind != WalFileKind.Segment)
            return fileName;

        var bytes = context.Files.ReadAll(path, WalSegmentSize.MaxBytes);

        if (bytes is null || !WalSegmentSize.IsValid(bytes.Length))
            return null;

        var size = new WalSegmentSize(bytes.Length);

        if (!name.TryGetSegment(size, out var segment)
            || !WalSegmentHeader.TryRead(bytes, out var header)
            || header.Check(segment, size, null) != WalHeaderVerdict.Valid)
            return null;

        var summary = WalSegmentReader.Summarize(segment, size, bytes);

        return summary.IsComplete ? fileName
            : summary.Records > 0 || summary.End > segment.Start(size) ? $"{fileName}.partial"
            : null;
    }
}
