using System.Buffers;

namespace TomoBackup.Storage;

/// <summary>Gathers small writes, because each call into the kernel costs as much as copying some kilobytes.</summary>
sealed class LocalObjectWriter : IObjectWriter
{
    const int GatheredBytes = 1 << 20;

    readonly IFileSystem _files;
    readonly LocalFolder _folder;
    readonly ObjectKey _key;
    readonly string _temporary;
    readonly IFileWriter _file;

    byte[]? _gathered;
    int _gatheredLength;
    long _written;
    State _state;

    enum State
    {
        Open,
        Failed,
        Committed,
        Disposed,
    }

    public LocalObjectWriter(
        IFileSystem files, LocalFolder folder, ObjectKey key, string temporary, UnixFileMode mode)
    {
        (_files, _folder, _key, _temporary) = (files, folder, key, temporary);
        _file = files.CreateNew(temporary, mode);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Begin();

        try
        {
            Gather(bytes.Span);
            _state = State.Open;
            return ValueTask.CompletedTask;
        }
        catch (Exception failure) when (LocalFailure.IsOf(failure))
        {
            throw LocalFailure.In(_folder.Address, failure);
        }
    }

    public ValueTask<CommitOutcome> CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Begin();

        try
        {
            Flush();
            _file.Sync();
            _file.Dispose();
            var outcome = _folder.Publish(_temporary, _key);
            _state = State.Committed;
            return ValueTask.FromResult(outcome);
        }
        catch (Exception failure) when (LocalFailure.IsOf(failure))
        {
            throw LocalFailure.In(_folder.Address, failure);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_state == State.Disposed)
            return ValueTask.CompletedTask;

        _state = State.Disposed;

        if (_gathered is not null)
            ArrayPool<byte>.Shared.Return(_gathered);

        _file.Dispose();

        try
        {
            // Renamed into place it is gone from here already.
            _files.DeleteFile(_temporary);
        }
        catch (Exception failure) when (LocalFailure.IsOf(failure))
        {
            // The object is either durable or abandoned, and the litter is for the sweep: nothing that a caller
            // should hear instead of the failure that brought it here.
        }

        return ValueTask.CompletedTask;
    }

    void Gather(ReadOnlySpan<byte> bytes)
    {
        if (_gatheredLength + bytes.Length > GatheredBytes)
            Flush();

        if (bytes.Length >= GatheredBytes)
        {
            Append(bytes);
            return;
        }

        _gathered ??= ArrayPool<byte>.Shared.Rent(GatheredBytes);
        bytes.CopyTo(_gathered.AsSpan(_gatheredLength));
        _gatheredLength += bytes.Length;
    }

    void Flush()
    {
        Append(_gathered.AsSpan(0, _gatheredLength));
        _gatheredLength = 0;
    }

    void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;

        _file.Write(_written, bytes);
        _written += bytes.Length;
    }

    // Failed until proven otherwise: after a step that threw, nobody knows what the file holds.
    void Begin()
    {
        if (_state != State.Open)
            throw new InvalidOperationException($"the writer of '{_key}' is not open any more but {_state}");

        _state = State.Failed;
    }
}
