using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>
/// Reads one backup whole. First the file list, to know which small files share which frames; then every pack once,
/// several at a time; then the list again, to put each file's checksum together from its frames.
/// </summary>
sealed class BackupReading
{
    readonly PackInspection _packs;
    readonly Manifest _backup;
    readonly string _folder;
    readonly Cost _cost;
    readonly Dictionary<int, PackFrames> _frames = [];
    bool _listIsSound;

    public BackupReading(PackInspection packs, Manifest backup)
    {
        (_packs, _backup) = (packs, backup);
        _folder = RepositoryLayout.Backup(backup.Lineage, backup.Generation, backup.Backup);
        _cost = Cost.Of(backup);

        foreach (var pack in backup.Objects)
            if (RepositoryLayout.TryPackNumber(pack.Name) is { } number)
                _frames.TryAdd(number, new PackFrames(KeyOf(pack)));
    }

    /// <summary>Reads the file list and what it expects of the packs.</summary>
    public async Task ReadListAsync(ManifestObject list, CancellationToken cancellationToken)
    {
        _listIsSound = await _packs.InspectAsync(
            KeyOf(list),
            PackKind.FileList,
            list.Sha256,
            _cost,
            async pack =>
            {
                var (number, files, bytes) = (0, 0L, 0L);

                await foreach (var line in new FileListReader(pack).ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    Expect(line, number++);
                    files += line.Type == FileListLine.File ? 1 : 0;
                    bytes += line.Size ?? 0;
                }

                if ((files, bytes) != (_backup.FileCount, _backup.FileBytes))
                    throw new CodecException(CodecFailure.Damaged,
                        "its files are not as many and as large as the manifest says");
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one data pack. Its damage is reported at the end, when the files that it costs are
    /// known.</summary>
    public async ValueTask ReadPackAsync(
        ManifestObject pack, int number, FrameBuffer buffer, CancellationToken cancellationToken)
    {
        var frames = _frames[number];

        frames.Problem = await _packs.ProblemAsync(
            frames.Key,
            PackKind.Data,
            pack.Sha256,
            reader => frames.ReadAsync(reader, buffer, cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Holds each file against the frames that were read.</summary>
    public async Task JudgeAsync(ManifestObject list, CancellationToken cancellationToken)
    {
        if (!_listIsSound)
            return;

        var context = _packs.Context;

        await context.TryAsync(
            KeyOf(list),
            _cost,
            async () =>
            {
                var pack = await PackObjectReader.OpenAsync(
                    context.Repository.Store, KeyOf(list), PackKind.FileList, context.Lineage.Id, _packs.Keys,
                    cancellationToken).ConfigureAwait(false)
                    ?? throw new CodecException(CodecFailure.Damaged, "it was listed and is gone");

                await using (pack.ConfigureAwait(false))
                {
                    var number = 0;

                    await foreach (var line in new FileListReader(pack).ReadAsync(cancellationToken)
                        .ConfigureAwait(false))
                    {
                        if (line.Runs is { Count: > 0 })
                            await JudgeAsync(KeyOf(list), line, number, cancellationToken).ConfigureAwait(false);

                        number++;
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reports the packs, with the files that were lost with them.</summary>
    public void ReportPacks()
    {
        foreach (var frames in _frames.Values)
            if (frames.Problem is { } problem)
                _packs.Context.Findings.Damage(frames.Key.Value, problem + frames.Lost(), _cost);
    }

    async ValueTask JudgeAsync(ObjectKey list, FileListLine line, int number, CancellationToken cancellationToken)
    {
        if (Lacking(line) is { } lacking)
        {
            Report(list, line, lacking);
            return;
        }

        if (line.Runs!.Select(r => _frames[r[0]]).FirstOrDefault(f => !f.IsOpened) is { } unread)
        {
            unread.Lose(line.Path!);
            return;
        }

        foreach (var run in line.Runs!)
            for (var i = 0; i < run[2]; i++)
                if (_frames[run[0]].IsDamaged(run[1] + i))
                {
                    _frames[run[0]].Lose(line.Path!);
                    return;
                }

        var isRight = line.Runs is [{ Count: 4 } run4]
            ? !_frames[run4[0]].WrongLines.Contains(number)
            : await HasRightChecksumAsync(line, cancellationToken).ConfigureAwait(false);

        if (!isRight)
            Report(list, line, "its bytes are not those whose length and checksum were listed");
    }

    /// <summary>What is wrong with the places that a file is said to lie at; null where they all exist.</summary>
    string? Lacking(FileListLine line)
    {
        foreach (var run in line.Runs!)
            if (!_frames.TryGetValue(run[0], out var frames))
                return string.Create(CultureInfo.InvariantCulture,
                    $"it lies in pack {run[0]}, which the manifest does not name");
            else if (frames.IsOpened && (run[1] >= frames.Count || run[2] > frames.Count - run[1]))
                return string.Create(
                    CultureInfo.InvariantCulture, $"it lies in frames {run[1]} to {run[1] + (long)run[2] - 1} of "
                        + $"'{frames.Key}', which has {frames.Count}");

        return null;
    }

    /// <summary>Whole frames are judged by their checksums; a file that takes part of one is read again, which no
    /// writer of ours causes.</summary>
    async ValueTask<bool> HasRightChecksumAsync(FileListLine line, CancellationToken cancellationToken)
    {
        var joined = default(JoinedChecksum);

        foreach (var run in line.Runs!)
            for (var i = run[1]; run.Count == 3 && i - run[1] < run[2]; i++)
                joined.Append(_frames[run[0]].ChecksumOf(i), _frames[run[0]].LengthOf(i));

        if (line.Runs.All(r => r.Count == 3) && joined.Length == line.Size)
            return joined.Value == ChecksumOf(line);

        return await new FileRereading(_packs, number => _frames[number].Key)
            .ReadAsync(line.Runs, line.Size!.Value, cancellationToken).ConfigureAwait(false) == ChecksumOf(line);
    }

    void Report(ObjectKey list, FileListLine line, string reason)
        => _packs.Context.Findings.Damage(
            list.Value, $"file '{line.Path}' of backup '{_backup.Backup}' is damaged: {reason}", _cost);

    void Expect(FileListLine line, int number)
    {
        if (line.Runs is [{ Count: 4 } run] && _frames.TryGetValue(run[0], out var frames)
            && line.Size is <= int.MaxValue)
            frames.Expect(new SharedPart(run[1], run[3], (int)line.Size.Value, ChecksumOf(line), number));
    }

    static uint ChecksumOf(FileListLine line)
        => uint.Parse(line.Crc32c!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    ObjectKey KeyOf(ManifestObject named) => new(_folder + named.Name);
}
