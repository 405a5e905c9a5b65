using System.Buffers;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>The WAL and history objects of a lineage in one repository.</summary>
sealed class WalArchive(Repository repository, LineageId lineage)
{
    /// <summary>The contents that stand under a WAL file's name: one is right, two are a conflict.</summary>
    public async Task<IReadOnlyList<ArchivedFile>> FindAsync(string name, CancellationToken cancellationToken)
    {
        var prefix = WalName.IsHistory(name)
            ? $"{RepositoryLayout.Histories(lineage)}{name}-"
            : RepositoryLayout.WalFile(lineage, name);

        return await ListAsync(prefix, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything archived on one timeline.</summary>
    public Task<IReadOnlyList<ArchivedFile>> ListTimelineAsync(uint timeline, CancellationToken cancellationToken)
        => ListAsync(RepositoryLayout.Wal(lineage, timeline), cancellationToken);

    /// <summary>Everything archived on every timeline, history files apart.</summary>
    public Task<IReadOnlyList<ArchivedFile>> ListAsync(CancellationToken cancellationToken)
        => ListAsync(RepositoryLayout.WalRoot(lineage), cancellationToken);

    /// <summary>All timeline history files.</summary>
    public Task<IReadOnlyList<ArchivedFile>> ListHistoriesAsync(CancellationToken cancellationToken)
        => ListAsync(RepositoryLayout.Histories(lineage), cancellationToken);

    /// <summary>Reads a whole archived file, authenticated.</summary>
    public async Task<byte[]> ReadAsync(ArchivedFile file, IEpochKeys keys, CancellationToken cancellationToken)
    {
        var pack = await OpenAsync(file, keys, cancellationToken).ConfigureAwait(false);

        await using (pack.ConfigureAwait(false))
        {
            try
            {
                var bytes = GC.AllocateUninitializedArray<byte>(checked((int)pack.Table.PlainBytes));
                var filled = 0;

                for (var i = 0; i < pack.Table.Frames.Count; i++)
                    filled += await pack.ReadFrameAsync(i, bytes.AsMemory(filled), cancellationToken)
                        .ConfigureAwait(false);

                return bytes;
            }
            catch (CodecException e)
            {
                throw PackObjectReader.NotAuthentic(repository.Store, file.Key, e);
            }
        }
    }

    /// <summary>Reads a timeline history file, authenticated. It names itself nowhere, so its content must be the one
    /// that its key promises.</summary>
    /// <param name="idEpoch">The epoch of the lineage's id key.</param>
    public async Task<byte[]> ReadHistoryAsync(
        ArchivedFile file, IEpochKeys keys, EpochId idEpoch, CancellationToken cancellationToken)
    {
        var content = await ReadAsync(file, keys, cancellationToken).ConfigureAwait(false);
        using var idKey = new IdKey(await keys.GetAsync(idEpoch, cancellationToken).ConfigureAwait(false));

        return ContentId.Compute(idKey, file.Name, content).ToString() == file.ContentId
            ? content
            : throw Misplaced(file, "another content than its key says");
    }

    /// <summary>Copies an archived file into one that is new, frame by frame, each authenticated before a byte of it is
    /// written.</summary>
    /// <returns>Bytes written.</returns>
    public async Task<long> CopyAsync(
        ArchivedFile file, IEpochKeys keys, IFileWriter target, CancellationToken cancellationToken)
    {
        var pack = await OpenAsync(file, keys, cancellationToken).ConfigureAwait(false);

        await using (pack.ConfigureAwait(false))
        {
            var frames = pack.Table.Frames;
            var buffer = ArrayPool<byte>.Shared.Rent(frames.Select(f => f.PlainBytes).DefaultIfEmpty().Max());
            var written = 0L;

            try
            {
                for (var i = 0; i < frames.Count; i++)
                {
                    var bytes = await pack.ReadFrameAsync(i, buffer, cancellationToken).ConfigureAwait(false);
                    target.Write(written, buffer.AsSpan(0, bytes));
                    written += bytes;
                }
            }
            catch (CodecException e)
            {
                throw PackObjectReader.NotAuthentic(repository.Store, file.Key, e);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            return written;
        }
    }

    /// <summary>Opens an archived file; its notes are authentic then, and must speak of the name it stands
    /// under.</summary>
    public async Task<PackObjectReader> OpenAsync(
        ArchivedFile file, IEpochKeys keys, CancellationToken cancellationToken)
    {
        var kind = WalName.IsHistory(file.Name) ? PackKind.History : PackKind.Wal;

        var pack = await PackObjectReader.OpenAsync(repository.Store, file.Key, kind, lineage, keys, cancellationToken)
            .ConfigureAwait(false)
            ?? throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"'{file.Key}' was listed in repository '{repository.Name}' and is gone",
                hint: "Something removed it a moment ago. Run 'tomo-backup verify'.");

        try
        {
            if (kind == PackKind.Wal && WalNote.Parse(pack.Table.Header.PublicNote.Span) is var note
                && note?.Name != file.Name)
                throw Misplaced(file, $"'{note?.Name}'");

            return pack;
        }
        catch
        {
            await pack.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    TomoBackupException Misplaced(ArchivedFile file, string found)
        => TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"'{file.Key}' in repository '{repository.Name}' holds {found}",
            hint: "Somebody moved objects of this repository. Run 'tomo-backup verify --deep'.");

    async Task<IReadOnlyList<ArchivedFile>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var files = new List<ArchivedFile>();

        await foreach (var entry in repository.Store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            if (RepositoryLayout.SplitContentName(entry.Key) is var (name, contentId))
                files.Add(new ArchivedFile(name, contentId, entry.Key, entry.Length));

        return files;
    }
}

/// <summary>One content of one archived file.</summary>
/// <param name="Name">PostgreSQL's name.</param>
/// <param name="ContentId">Tells contents apart without reading them.</param>
/// <param name="Key">Where it is.</param>
/// <param name="Length">Stored bytes.</param>
sealed record ArchivedFile(string Name, string ContentId, ObjectKey Key, long Length);
