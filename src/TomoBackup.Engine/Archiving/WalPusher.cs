using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Archiving;

/// <summary>
/// Puts one file of <c>pg_wal</c> into every repository. The same content again is success; another content under a
/// name that is taken is refused and never overwrites.
/// </summary>
sealed class WalPusher : IAsyncDisposable
{
    // A piece stays in the processor's second cache while everything is done to it: looking into its records,
    // naming, hashing, compressing.
    const int PieceBytes = ContentHash.PieceBytes;

    const int CompressionLevel = 1;

    readonly ZstdCompressor _compressor;
    readonly PackDraft _draft;
    readonly ArchivingContext _context;
    readonly IdKey _idKey;
    readonly EpochId _epoch;
    readonly EpochKey _key;
    readonly byte[] _piece = GC.AllocateUninitializedArray<byte>(PieceBytes);

    /// <summary>Borrows the keys.</summary>
    public WalPusher(ArchivingContext context, IdKey idKey, EpochId epoch, EpochKey key)
    {
        (_context, _idKey, _epoch, _key) = (context, idKey, epoch, key);
        _compressor = new ZstdCompressor(CompressionLevel);
        _draft = new PackDraft(_compressor);
    }

    /// <summary>Archives a file and returns when it is durable everywhere.</summary>
    public async Task<PushedFile> PushAsync(string name, string path, CancellationToken cancellationToken)
    {
        if (!WalFileName.TryParse(name, out var parsed))
            throw TomoBackupException.Create(
                ErrorCode.Usage,
                $"'{name}' is not the name of a WAL file",
                hint: "Use archive_command = 'tomo-backup wal push %p'.");

        var (note, secret, id) = Read(parsed, path);
        var missing = await MissingInAsync(name, id, cancellationToken).ConfigureAwait(false);

        if (missing.Count == 0)
            return new PushedFile(name, note, Stored: false);

        await EnsureClaimAsync(parsed, cancellationToken).ConfigureAwait(false);
        await WriteAsync(parsed, id, note, secret, missing, cancellationToken).ConfigureAwait(false);
        return new PushedFile(name, note, Stored: true);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _compressor.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads the file once and does everything to each piece that needs its bytes.</summary>
    /// <returns>What was seen, and the content's id; the content is drafted, compressed.</returns>
    (WalNote Note, WalPrivateNote? Secret, string Id) Read(WalFileName name, string path)
    {
        using var file = _context.Files.OpenRead(path)
            ?? throw TomoBackupException.Create(
                ErrorCode.NotFound,
                $"there is no WAL file '{path}'",
                hint: "archive_command runs in the data directory and passes %p; give the file's path by hand "
                    + "otherwise.");

        var length = file.Length;

        if (length > WalSegmentSize.MaxBytes)
            throw TomoBackupException.Create(ErrorCode.Damaged, $"WAL file '{path}' is larger than any segment may be");

        var inspection = new WalInspection(name, length, _context.Lineage);
        using var hash = new ContentHash(_idKey, name.ToString());
        _draft.Clear();

        for (var at = 0L; at < length; at += PieceBytes)
        {
            var piece = _piece.AsSpan(0, (int)Math.Min(PieceBytes, length - at));

            if (file.Read(at, piece) != piece.Length)
                throw new IOException($"unable to read '{path}': it became shorter meanwhile");

            inspection.Append(piece);
            hash.Append(piece);
            _draft.Append(piece);
        }

        var (note, secret) = inspection.Finish();
        return (note, secret, hash.Finish().ToString());
    }

    async Task<List<Repository>> MissingInAsync(string name, string id, CancellationToken cancellationToken)
    {
        var missing = new List<Repository>();

        foreach (var repository in _context.Repositories)
        {
            var present = await new WalArchive(repository, _context.Lineage.Id).FindAsync(name, cancellationToken)
                .ConfigureAwait(false);

            if (present.FirstOrDefault(f => f.ContentId != id) is { } other)
                throw Conflict(name, id, other, repository);

            if (present.Count == 0)
                missing.Add(repository);
        }

        return missing;
    }

    async Task WriteAsync(
        WalFileName name,
        string id,
        WalNote note,
        WalPrivateNote? secret,
        IReadOnlyList<Repository> targets,
        CancellationToken cancellationToken)
    {
        var isHistory = name.Kind == WalFileKind.TimelineHistory;
        var (publicNote, privateNote) = isHistory ? ([], []) : WalInspection.Serialize(note, secret);
        var scope = new PackScope(isHistory ? PackKind.History : PackKind.Wal, _context.Lineage.Id, _epoch);
        var objectKey = isHistory
            ? RepositoryLayout.History(_context.Lineage.Id, name.ToString(), id)
            : RepositoryLayout.WalObject(_context.Lineage.Id, name.ToString(), id);

        var bytes = _draft.Finish(scope, _key, _context.Entropy, publicNote, privateNote);

        foreach (var target in targets)
        {
            var writer = await target.Store.CreateAsync(objectKey, cancellationToken).ConfigureAwait(false);

            await using (writer.ConfigureAwait(false))
            {
                await writer.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);

                // Who comes second finds the first one's object under the same key: the same content.
                await writer.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The first new content on a timeline claims it for this host; a timeline of another host is
    /// refused.</summary>
    async Task EnsureClaimAsync(WalFileName name, CancellationToken cancellationToken)
    {
        var cluster = _context.Lineage.Cluster;
        var timeline = name.Timeline;

        if (_context.State.TryReadCluster(cluster)?.Claims.Contains(timeline) == true)
            return;

        var me = _context.State.HostId();
        var trust = new SignerTrust(new HashSet<Fingerprint>([_context.Signer.Fingerprint]));

        foreach (var repository in _context.Repositories)
        {
            var lineage = await LineageBook.FindAsync(repository, cluster, trust, cancellationToken)
                .ConfigureAwait(false);

            if (lineage is null || lineage.Id != _context.Lineage.Id)
                throw TomoBackupException.Create(
                    ErrorCode.Refused,
                    $"repository '{repository.Name}' has begun another lineage of cluster '{cluster}'",
                    hint: "Run 'tomo-backup init' on the host that is the primary now.");

            if (lineage.Claims.TryGetValue(timeline, out var owner) && owner != me)
                throw TomoBackupException.Create(
                    ErrorCode.WalConflict,
                    $"timeline {timeline} of cluster '{cluster}' belongs to host {owner}, this is host {me}",
                    hint: "A clone or an old primary must not archive here: give it a policy of its own.");

            if (owner is null)
                await LineageBook
                    .AppendAsync([repository], Claim(lineage, timeline, me), _context.Signer, cancellationToken)
                    .ConfigureAwait(false);
        }

        if (_context.State.TryReadCluster(cluster) is { } state)
            _context.State.WriteCluster(
                cluster, state with { Claims = [.. state.Claims.Append(timeline).Distinct().Order()] });
    }

    LineageRecord Claim(Lineage lineage, uint timeline, string host)
        => new()
        {
            Record = LineageRecord.Claim,
            Cluster = lineage.Cluster,
            Number = lineage.LastNumber + 1,
            Lineage = lineage.Id,
            Time = _context.Time.GetUtcNow(),
            Host = host,
            Timeline = timeline,
        };

    static TomoBackupException Conflict(string name, string id, ArchivedFile other, Repository repository)
        => TomoBackupException.Create(
            ErrorCode.WalConflict,
            $"WAL file '{name}' is in repository '{repository.Name}' already with another content ({other.ContentId}, "
                + $"ours is {id})",
            hint: "Two servers archive under one identity: a clone, a restored copy, or a primary that came back. "
                + "Stop one of them; nothing was overwritten.");
}

/// <summary>A file that is durable in every repository.</summary>
/// <param name="Name">PostgreSQL's name.</param>
/// <param name="Note">What was seen in it.</param>
/// <param name="Stored">False where the same content was there already.</param>
sealed record PushedFile(string Name, WalNote Note, bool Stored);
