using System.Buffers;

namespace TomoBackup.Storage.S3;

/// <summary>Gathers bytes. What fits into one part is one request; the rest goes ahead in parts while the caller
/// writes on.</summary>
sealed class S3ObjectWriter : IObjectWriter
{
    const int FirstBytes = 64 * 1024;

    readonly S3Session _session;
    readonly ObjectKey _key;
    readonly string _mark;

    byte[]? _gathered;
    int _length;
    S3Upload? _upload;
    State _state;

    public S3ObjectWriter(S3Session session, ObjectKey key)
        => (_session, _key, _mark) = (session, key, session.Bucket.NewMark());

    enum State
    {
        Open,
        Failed,
        Committed,
        Disposed,
    }

    int PartBytes => _session.Options.PartBytes;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Begin();

        while (!bytes.IsEmpty)
        {
            if (_length == PartBytes)
                await SendPartAsync(cancellationToken).ConfigureAwait(false);

            var taken = Math.Min(bytes.Length, PartBytes - _length);
            Gather(bytes.Span[..taken]);
            bytes = bytes[taken..];
        }

        _state = State.Open;
    }

    public async ValueTask<CommitOutcome> CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Begin();

        var outcome = _upload is null
            ? await PutAsync(cancellationToken).ConfigureAwait(false)
            : await JoinAsync(_upload, cancellationToken).ConfigureAwait(false);

        _state = State.Committed;
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        if (_state == State.Disposed)
            return;

        _state = State.Disposed;

        if (_upload is not null)
            await _upload.DisposeAsync().ConfigureAwait(false);

        if (_gathered is not null)
            ArrayPool<byte>.Shared.Return(_gathered);

        _gathered = null;
    }

    Task<CommitOutcome> PutAsync(CancellationToken cancellationToken)
    {
        var content = new ArraySegment<byte>(_gathered ?? [], 0, _length);
        var digest = ContentDigest.Of(content);

        return _session.Publish(_key, _mark).RunAsync(
            StoredContent.Whole(_length, digest),
            client => _session.Writes.PutAsync(client, _key, _mark, content, digest, cancellationToken),
            cancellationToken);
    }

    async Task<CommitOutcome> JoinAsync(S3Upload upload, CancellationToken cancellationToken)
    {
        await SendPartAsync(cancellationToken).ConfigureAwait(false);
        var parts = await upload.PartsAsync(cancellationToken).ConfigureAwait(false);
        return await upload.JoinAsync(_session.Publish(_key, _mark), parts, cancellationToken).ConfigureAwait(false);
    }

    async Task SendPartAsync(CancellationToken cancellationToken)
    {
        _upload ??= await S3Upload.BeginAsync(_session, _key, _mark, cancellationToken).ConfigureAwait(false);
        await _upload.SendAsync(_gathered!, _length, cancellationToken).ConfigureAwait(false);
        (_gathered, _length) = (null, 0);
    }

    // Most objects are small, so the buffer grows as it must.
    void Gather(ReadOnlySpan<byte> bytes)
    {
        if (_gathered is null || _gathered.Length - _length < bytes.Length)
        {
            var wanted = Math.Min(PartBytes, Math.Max(Math.Max(_length * 2, FirstBytes), _length + bytes.Length));
            var larger = ArrayPool<byte>.Shared.Rent(wanted);
            _gathered.AsSpan(0, _length).CopyTo(larger);

            if (_gathered is not null)
                ArrayPool<byte>.Shared.Return(_gathered);

            _gathered = larger;
        }

        bytes.CopyTo(_gathered.AsSpan(_length));
        _length += bytes.Length;
    }

    // Failed until proven otherwise: after a step that threw, nobody knows what the service has.
    void Begin()
    {
        if (_state != State.Open)
            throw new InvalidOperationException($"the writer of '{_key}' is not open any more but {_state}");

        _state = State.Failed;
    }
}
