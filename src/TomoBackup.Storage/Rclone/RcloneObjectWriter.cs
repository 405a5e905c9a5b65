namespace TomoBackup.Storage.Rclone;

/// <summary>
/// Spools, uploads, checks, and moves to the key. A remote that cannot move is given the object under its key at once:
/// there, uploads appear whole by themselves, unless <see cref="StoreGuarantees.AppearsWhole"/> says otherwise.
/// </summary>
sealed class RcloneObjectWriter : IObjectWriter
{
    readonly RcloneRemote _remote;
    readonly KeyTurns _turns;
    readonly string _address;
    readonly ObjectKey _key;
    readonly RcloneSpool _spool;

    string? _litter;
    State _state;

    enum State
    {
        Open,
        Failed,
        Committed,
        Disposed,
    }

    public RcloneObjectWriter(RcloneRemote remote, KeyTurns turns, string address, ObjectKey key, RcloneSpool spool)
        => (_remote, _turns, _address, _key, _spool) = (remote, turns, address, key, spool);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Begin();

        LocalFailure.Guard(_address, () =>
        {
            _spool.Write(bytes.Span);
            return true;
        });

        _state = State.Open;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<CommitOutcome> CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Begin();
        _spool.Close();

        var outcome = await IsTakenAsync(cancellationToken).ConfigureAwait(false) ? CommitOutcome.AlreadyExists
            : _remote.Features.Move ? await MoveInAsync(cancellationToken).ConfigureAwait(false)
            : await _turns.TakeAsync(_key, () => UploadInPlaceAsync(cancellationToken), cancellationToken)
                .ConfigureAwait(false);

        _state = State.Committed;
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        if (_state == State.Disposed)
            return;

        _state = State.Disposed;

        try
        {
            _spool.Dispose();

            if (_litter is not null)
                await _remote.DeleteAsync(_litter, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The object is durable or abandoned, and the litter is for the sweep: nothing that a caller should hear
            // instead of the failure that brought it here.
        }
    }

    async Task<CommitOutcome> MoveInAsync(CancellationToken cancellationToken)
    {
        // rclone would make the whole path of a root that went away.
        await _remote.EnsureRootAsync(cancellationToken).ConfigureAwait(false);

        var temporary = $"{RcloneStore.Incoming}/{_spool.Name}";
        _litter = temporary;
        await _remote.UploadAsync(_spool.Path, temporary, cancellationToken).ConfigureAwait(false);
        await CheckAsync(temporary, cancellationToken).ConfigureAwait(false);

        return await _turns.TakeAsync(
            _key,
            async () =>
            {
                // rclone moves over whatever stands there; '--immutable' does not hold for single files.
                if (await IsTakenAsync(cancellationToken).ConfigureAwait(false))
                    return CommitOutcome.AlreadyExists;

                await MoveAsync(temporary, cancellationToken).ConfigureAwait(false);
                _litter = null;
                return CommitOutcome.Stored;
            },
            cancellationToken).ConfigureAwait(false);
    }

    async Task MoveAsync(string temporary, CancellationToken cancellationToken)
    {
        try
        {
            await _remote.MoveAsync(temporary, _key, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // Remotes have many words for an object in the way.
            await _remote.EnsureNoClashAsync(_key, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    async Task<CommitOutcome> UploadInPlaceAsync(CancellationToken cancellationToken)
    {
        if (await IsTakenAsync(cancellationToken).ConfigureAwait(false))
            return CommitOutcome.AlreadyExists;

        await _remote.EnsureNoClashAsync(_key, cancellationToken).ConfigureAwait(false);
        await _remote.UploadAsync(_spool.Path, _key.Value, cancellationToken).ConfigureAwait(false);
        await CheckAsync(_key.Value, cancellationToken).ConfigureAwait(false);
        return CommitOutcome.Stored;
    }

    async Task<bool> IsTakenAsync(CancellationToken cancellationToken)
        => await _remote.FindAsync(_key.Value, cancellationToken).ConfigureAwait(false) is not null;

    async Task CheckAsync(string path, CancellationToken cancellationToken)
    {
        var stored = await _remote.FindAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException(
                StoreFailure.Unreachable, $"store '{_address}': '{_key}' is not there after its upload");

        var hash = _remote.HashType is { } type ? stored.Hashes?.GetValueOrDefault(type) : null;

        if (stored.Size == _spool.Length && (hash is null or "" || hash == _spool.Hash))
            return;

        _litter = path;
        throw new StoreException(
            StoreFailure.Damaged,
            $"store '{_address}': '{_key}' arrived with {stored.Size} of {_spool.Length} bytes, or other ones");
    }

    // Failed until proven otherwise: after a step that threw, nobody knows what the remote holds.
    void Begin()
    {
        if (_state != State.Open)
            throw new InvalidOperationException($"the writer of '{_key}' is not open any more but {_state}");

        _state = State.Failed;
    }
}
