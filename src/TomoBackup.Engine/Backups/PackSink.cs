using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;

namespace TomoBackup.Backups;

/// <summary>Learns where bytes came to lie.</summary>
/// <param name="pack">Number of the pack.</param>
/// <param name="frame">Number of the frame.</param>
/// <param name="offset">Where they begin in the frame's plain bytes.</param>
delegate ValueTask Placed(int pack, int frame, int offset, CancellationToken cancellationToken);

/// <summary>
/// Where one worker's frames go: a pack of its own at a time. Files of a frame or more have frames of their own;
/// smaller ones share frames, and learn their frame's number when it is written. Finished packs are made durable in the
/// background, at most one at a time, while the next one fills.
/// </summary>
sealed class PackSink(
    PackFactory factory,
    int compressionLevel,
    Func<FileListLine, CancellationToken, ValueTask> record) : IAsyncDisposable
{
    /// <summary>Plain bytes in a frame: 128 to 256 KiB cost 1 % of size against 1 MiB (facts: ecosystem §7).</summary>
    public const int FrameBytes = 256 << 10;

    /// <summary>Stored bytes after which a pack is closed.</summary>
    const long PackBytes = 64 << 20;

    readonly ZstdCompressor _compressor = new(compressionLevel);
    readonly byte[] _shared = GC.AllocateUninitializedArray<byte>(FrameBytes);
    List<(Placed Placed, int Offset)> _sharing = [];
    readonly byte[][] _buffers = [PackObjectWriter.NewBuffer(), PackObjectWriter.NewBuffer()];
    int _sharedFilled;
    int _packs;
    int _packNumber;
    PackObjectWriter? _pack;
    Task _closing = Task.CompletedTask;

    /// <summary>Writes one frame of a large file.</summary>
    public async ValueTask<(int Pack, int Frame)> WriteAsync(
        ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        var pack = await PackAsync(cancellationToken).ConfigureAwait(false);
        return (_packNumber, await pack.WriteFrameAsync(plain, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Puts a whole small file into the shared frame; its line is recorded when that frame is
    /// written.</summary>
    public ValueTask ShareAsync(ReadOnlyMemory<byte> plain, FileListLine line, CancellationToken cancellationToken)
        => ShareAsync(
            plain,
            (pack, frame, offset, stop) => record(line with { Runs = [[pack, frame, 1, offset]] }, stop),
            cancellationToken);

    /// <summary>Puts a few bytes into the shared frame, and tells where they are when that frame is written.</summary>
    public async ValueTask ShareAsync(
        ReadOnlyMemory<byte> plain, Placed placed, CancellationToken cancellationToken)
    {
        // Those who are told where their bytes are may share more of them at once: the frame may be full again.
        while (_sharing.Count > 0 && _sharedFilled + plain.Length > FrameBytes)
            await FlushSharedAsync(cancellationToken).ConfigureAwait(false);

        plain.CopyTo(_shared.AsMemory(_sharedFilled));
        _sharing.Add((placed, _sharedFilled));
        _sharedFilled += plain.Length;
    }

    /// <summary>Closes the pack when it is full; called between files, so that a file's frames stay together where
    /// they can.</summary>
    public async ValueTask RollAsync(CancellationToken cancellationToken)
    {
        if (_pack?.Length >= PackBytes)
            await CloseAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what is pending and waits until everything is durable.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        // Who is told where his bytes are may share more of them: a map of what was placed.
        while (_sharing.Count > 0)
            await FlushSharedAsync(cancellationToken).ConfigureAwait(false);

        await CloseAsync(cancellationToken).ConfigureAwait(false);
        await _closing.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _closing.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or TomoBackupException)
        {
            // Thrown to whoever waited for it; here the pack is only given up.
        }

        if (_pack is not null)
            await _pack.DisposeAsync().ConfigureAwait(false);

        _compressor.Dispose();
    }

    async ValueTask<PackObjectWriter> PackAsync(CancellationToken cancellationToken)
    {
        if (_pack?.Length >= PackBytes)
            await CloseAsync(cancellationToken).ConfigureAwait(false);

        if (_pack is null)
            (_packNumber, _pack) = await factory
                .CreateAsync(_buffers[_packs++ % 2], _compressor, cancellationToken).ConfigureAwait(false);

        return _pack;
    }

    async ValueTask FlushSharedAsync(CancellationToken cancellationToken)
    {
        if (_sharing.Count == 0)
            return;

        var (pack, frame) = await WriteAsync(_shared.AsMemory(0, _sharedFilled), cancellationToken)
            .ConfigureAwait(false);

        var sharing = _sharing;
        (_sharing, _sharedFilled) = ([], 0);

        foreach (var (placed, offset) in sharing)
            await placed(pack, frame, offset, cancellationToken).ConfigureAwait(false);
    }

    async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        if (_pack is not { } pack)
            return;

        await _closing.ConfigureAwait(false);
        var number = _packNumber;
        _pack = null;
        _closing = Task.Run(() => factory.CommitAsync(number, pack, cancellationToken), cancellationToken);
    }
}
