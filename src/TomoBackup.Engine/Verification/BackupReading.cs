using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>
/// Holds the file list of one backup against its packs. First the list is read, to know which small files share which
/// frames; when every pack was read, the list again, to put each file's checksum together from its frames.
/// </summary>
sealed class BackupReading
{
    readonly PackInspection _packs;
    readonly Manifest _backup;
    readonly Cost _cost;
    readonly Dictionary<int, PackFrames> _frames;
    bool _listIsSound;

    /// <param name="framesOf">What is known of a pack, which backups of one generation share.</param>
    public BackupReading(PackInspection packs, Manifest backup, Func<ObjectKey, PackFrames> framesOf)
    {
        (_packs, _backup) = (packs, backup);
        _cost = Cost.Of(backup);
        _frames = StoredPack.Of(backup).ToDictionary(pack => pack.Key, pack => framesOf(pack.Value.Key));
    }

    /// <summary>Reads the file list and what it expects of the packs.</summary>
    public async Task ReadListAsync(PresentObject list, CancellationToken cancellationToken)
    {
        _listIsSound = await _packs.InspectAsync(
            list.Key,
            PackKind.FileList,
            list.Named.Sha256,
            _cost,
            async pack =>
            {
                var (files, bytes) = (0L, 0L);

                await foreach (var line in new FileListReader(pack).ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    Expect(line);
                    files += line.Type == FileListLine.File ? 1 : 0;
                    bytes += line.Size ?? 0;
                }

                if ((files, bytes) != (_backup.FileCount, _backup.FileBytes))
                    throw new CodecException(CodecFailure.Damaged,
                        "its files are not as many and as large as the manifest says");
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Holds each file against the frames that were read.</summary>
    public async Task JudgeAsync(PresentObject list, CancellationToken cancellationToken)
    {
        if (!_listIsSound)
            return;

        var context = _packs.Context;
        var reader = new StoredFileReader(new BackupContents(context.Repository, _backup, _packs.Keys), _backup);

        await using (reader.ConfigureAwait(false))
            await JudgeAsync(list, reader, cancellationToken).ConfigureAwait(false);
    }

    async Task JudgeAsync(PresentObject list, StoredFileReader reader, CancellationToken cancellationToken)
    {
        var context = _packs.Context;

        await context.TryAsync(
            list.Key,
            _cost,
            async () =>
            {
                var pack = await PackObjectReader.OpenAsync(
                    context.Repository.Store, list.Key, PackKind.FileList, context.Lineage.Id, _packs.Keys,
                    cancellationToken).ConfigureAwait(false)
                    ?? throw new CodecException(CodecFailure.Damaged, "it was listed and is gone");

                await using (pack.ConfigureAwait(false))
                    await foreach (var line in new FileListReader(pack).ReadAsync(cancellationToken)
                        .ConfigureAwait(false))
                        if (line.Map is not null)
                            await JudgeMapAsync(list.Key, line, reader, cancellationToken).ConfigureAwait(false);
                        else if (line.Runs is { Count: > 0 })
                            await JudgeAsync(list.Key, line, reader, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    async ValueTask JudgeAsync(
        ObjectKey list, FileListLine line, StoredFileReader reader, CancellationToken cancellationToken)
    {
        if (Lacking(line) is { } lacking)
        {
            Report(list, line, lacking);
            return;
        }

        if (IsLost(list, line, line.Runs!.SelectMany(Frames)))
            return;

        var isRight = line.Runs is [{ Count: 4 } run]
            ? !_frames[run[0]].WrongParts.Contains(PartOf(line, run))
            : await HasRightChecksumAsync(line, reader, cancellationToken).ConfigureAwait(false);

        if (!isRight)
            Report(list, line, "its bytes are not those whose length and checksum were listed");
    }

    /// <summary>What is wrong with the places that a file is said to lie at; null where they all exist.</summary>
    string? Lacking(FileListLine line)
    {
        foreach (var run in line.Runs!)
            if (_frames.TryGetValue(run[0], out var frames) && frames.IsOpened
                && (run[1] >= frames.Count || run[2] > frames.Count - run[1]))
                return string.Create(
                    CultureInfo.InvariantCulture, $"it lies in frames {run[1]} to {run[1] + (long)run[2] - 1} of "
                        + $"'{frames.Key}', which has {frames.Count}");

        return null;
    }

    static IEnumerable<(int Pack, int Frame)> Frames(IReadOnlyList<int> run)
    {
        for (var i = 0; i < run[2]; i++)
            yield return (run[0], run[1] + i);
    }

    /// <summary>A file with a map has no checksum of its own: its frames have theirs, and must hold what the map
    /// says.</summary>
    async ValueTask JudgeMapAsync(
        ObjectKey list, FileListLine line, StoredFileReader reader, CancellationToken cancellationToken)
    {
        if (IsLost(list, line, [(line.Map![0], line.Map[1])]))
            return;

        try
        {
            var parts = (await reader.ReadMapAsync(line, cancellationToken).ConfigureAwait(false))!.Parts().ToList();

            if (!IsLost(list, line, parts.Select(part => (part.Pack, part.Frame)))
                && parts.Exists(part => part.Offset + part.Length > _frames[part.Pack].LengthOf(part.Frame)))
                Report(list, line, "its map names bytes that its frames do not have");
        }
        catch (TomoBackupException e) when (e.Code == ErrorCode.RepositoryDamaged)
        {
            Report(list, line, e.Message);
        }
    }

    /// <summary>True where a frame is not there or damaged; then it is reported, here or with its pack.</summary>
    bool IsLost(ObjectKey list, FileListLine line, IEnumerable<(int Pack, int Frame)> places)
    {
        foreach (var (pack, frame) in places)
        {
            if (!_frames.TryGetValue(pack, out var frames))
                Report(list, line, string.Create(
                    CultureInfo.InvariantCulture, $"it lies in pack {pack}, which the manifest does not name"));
            else if (frames.IsOpened && frame >= frames.Count)
                Report(list, line, string.Create(
                    CultureInfo.InvariantCulture, $"it lies in frame {frame} of '{frames.Key}', which has "
                        + $"{frames.Count}"));
            else if (frames.IsDamaged(frame))
                frames.Lose(line.Path!);
            else
                continue;

            return true;
        }

        return false;
    }

    /// <summary>Whole frames are judged by their checksums; a file that takes part of one is read again, which no
    /// writer of ours causes.</summary>
    async ValueTask<bool> HasRightChecksumAsync(
        FileListLine line, StoredFileReader reader, CancellationToken cancellationToken)
    {
        var joined = default(JoinedChecksum);

        foreach (var run in line.Runs!)
            for (var i = run[1]; run.Count == 3 && i - run[1] < run[2]; i++)
                joined.Append(_frames[run[0]].ChecksumOf(i), _frames[run[0]].LengthOf(i));

        if (line.Runs.All(r => r.Count == 3) && joined.Length == line.Size)
            return joined.Value == ChecksumOf(line);

        try
        {
            await reader.ReadAsync(line, static (_, _) => { }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TomoBackupException e) when (e.Code == ErrorCode.RepositoryDamaged)
        {
            return false;
        }
    }

    void Report(ObjectKey list, FileListLine line, string reason)
        => _packs.Context.Findings.Damage(
            list.Value, $"file '{line.Path}' of backup '{_backup.Backup}' is damaged: {reason}", _cost);

    void Expect(FileListLine line)
    {
        if (line.Runs is [{ Count: 4 } run] && _frames.TryGetValue(run[0], out var frames)
            && line.Size is <= int.MaxValue)
            frames.Expect(PartOf(line, run));
    }

    static SharedPart PartOf(FileListLine line, IReadOnlyList<int> run)
        => new(run[1], run[3], (int)line.Size!.Value, ChecksumOf(line));

    static uint ChecksumOf(FileListLine line)
        => uint.Parse(line.Crc32c!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
