using System.IO.Pipelines;
using Renci.SshNet;

namespace TomoBackup.Storage.Sftp;

/// <summary>
/// Uploads while it is written to: the library sends many blocks before the first is answered, which one block at a
/// time would not, and reads them from a pipe that holds a bounded number of bytes.
/// </summary>
sealed class SftpObjectWriter : IObjectWriter
{
    const int PipedBytes = 1 << 20;
    const int SegmentBytes = 64 * 1024;

    readonly SftpConnections _connections;
    readonly SftpConnection _connection;
    readonly SftpFolder _folder;
    readonly KeyTurns _turns;
    readonly ObjectKey _key;
    readonly string _temporary;
    readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: PipedBytes,
        resumeWriterThreshold: PipedBytes / 2,
        minimumSegmentSize: SegmentBytes,
        useSynchronizationContext: false));
    readonly Task _upload;

    long _written;
    State _state;

    enum State
    {
        Open,
        Failed,
        Committed,
        Declined,
        Disposed,
    }

    public SftpObjectWriter(
        SftpConnections connections,
        SftpConnection connection,
        SftpFolder folder,
        KeyTurns turns,
        ObjectKey key,
        string temporary)
    {
        (_connections, _connection, _folder, _turns) = (connections, connection, folder, turns);
        (_key, _temporary) = (key, temporary);
        _upload = Task.Run(UploadAsync);
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Begin();
        var flushed = await _pipe.Writer.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);

        if (flushed.IsCompleted)
            await GuardAsync(() => _upload).ConfigureAwait(false);

        _written += bytes.Length;
        _state = State.Open;
    }

    public async ValueTask<CommitOutcome> CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Begin();
        var outcome = default(CommitOutcome);

        await GuardAsync(async () =>
        {
            await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
            await _upload.WaitAsync(cancellationToken).ConfigureAwait(false);
            await FinishAsync(cancellationToken).ConfigureAwait(false);
            outcome = await _turns.TakeAsync(
                _key,
                () => _folder.PublishAsync(Client, _temporary, _key, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);

        _connection.HasServed = true;
        _state = outcome == CommitOutcome.Stored ? State.Committed : State.Declined;
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        if (_state == State.Disposed)
            return;

        var isMoved = _state == State.Committed;
        _state = State.Disposed;

        try
        {
            // An upload that is cancelled would leave its file open on the server; it is short of its end already.
            await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
            await _upload.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (!isMoved && Client.IsConnected)
                await Client.DeleteFileAsync(_temporary, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (SftpFailure.IsOf(failure))
        {
            // The object is abandoned, and the litter is for the sweep: nothing that a caller should hear instead of
            // the failure that brought it here.
        }
        finally
        {
            _connection.Leave();
        }
    }

    SftpClient Client => _connection.Client;

    async Task UploadAsync()
    {
        try
        {
            var source = _pipe.Reader.AsStream(leaveOpen: true);

            await using (source.ConfigureAwait(false))
                await Client.UploadFileAsync(source, _temporary, canOverride: false).ConfigureAwait(false);
        }
        catch
        {
            // The library then leaves the file open on the server, where it takes room until the connection ends, even
            // when it is deleted.
            _connection.Retire();
            throw;
        }
        finally
        {
            // Sets the writer free, which then finds the failure in this task.
            await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    // The upload's answers say that the server took the bytes; this, that they are on its disk and none is lacking.
    async Task FinishAsync(CancellationToken cancellationToken)
    {
        var stored = await SftpFolder.ExamineAsync(Client, _temporary, cancellationToken).ConfigureAwait(false);

        if (stored?.Size != _written)
            throw new StoreException(
                stored is null ? StoreFailure.Unreachable : StoreFailure.Damaged,
                $"store '{_folder.Address}': '{_key}' has {stored?.Size ?? 0} of the {_written} bytes that were sent");

        if (!_folder.Syncs)
            return;

        var file = await Client.OpenAsync(_temporary, FileMode.Open, FileAccess.Write, cancellationToken)
            .ConfigureAwait(false);

        await using (file.ConfigureAwait(false))
            await SftpSync.TrySyncAsync(Client, file.Handle, cancellationToken).ConfigureAwait(false);
    }

    async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception failure) when (SftpFailure.IsOf(failure))
        {
            if (failure is Renci.SshNet.Common.SftpPathNotFoundException)
                await _folder.EnsureRootAsync(CancellationToken.None).ConfigureAwait(false);

            var explained = await _folder.ExplainAsync(Client, failure, CancellationToken.None).ConfigureAwait(false);
            throw _connections.Failed(_connection, $"write '{_key}'", explained);
        }
    }

    // Failed until proven otherwise: after a step that threw, nobody knows what the server holds.
    void Begin()
    {
        if (_state != State.Open)
            throw new InvalidOperationException($"the writer of '{_key}' is not open any more but {_state}");

        _state = State.Failed;
    }
}
