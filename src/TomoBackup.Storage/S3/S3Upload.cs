using System.Buffers;

namespace TomoBackup.Storage.S3;

/// <summary>The parts of one object on their way, several at once. Disposing it before it was joined gives it up, so
/// that no part stays and is billed.</summary>
sealed class S3Upload : IAsyncDisposable
{
    const int MostParts = 10_000; // S3's

    readonly S3Session _session;
    readonly ObjectKey _key;
    readonly string _id;
    readonly List<Task<UploadedPart>> _parts = [];
    readonly CancellationTokenSource _stop = new();
    bool _isJoined;

    S3Upload(S3Session session, ObjectKey key, string id) => (_session, _key, _id) = (session, key, id);

    public static async Task<S3Upload> BeginAsync(
        S3Session session, ObjectKey key, string mark, CancellationToken cancellationToken)
        => new(session, key, await session.Attempts.RunAsync(
            $"begin '{key}'",
            (client, _) => session.Writes.BeginAsync(client, key, mark, cancellationToken),
            cancellationToken).ConfigureAwait(false));

    /// <summary>Sends a part as soon as there is a place for one; from then on the buffer, a rented one, is the
    /// upload's. Throws what an earlier part failed with.</summary>
    public async Task SendAsync(byte[] rented, int length, CancellationToken cancellationToken)
    {
        if (_parts.Count == MostParts)
            throw new StoreException(
                StoreFailure.Full,
                $"store '{_session.Address}': '{_key}' has more than {MostParts} parts of {length} bytes");

        await _session.Places.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            if (_parts.Find(part => part.IsFaulted) is { } failed)
                await failed.ConfigureAwait(false);
        }
        catch
        {
            _session.Places.Release();
            throw;
        }

        _parts.Add(SendAsync(rented, length, _parts.Count + 1));
    }

    /// <summary>Waits for all parts and answers what they are; then <paramref name="cancellationToken"/> ends the
    /// wait only.</summary>
    public async Task<IReadOnlyList<UploadedPart>> PartsAsync(CancellationToken cancellationToken)
        => await Task.WhenAll(_parts).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Makes the parts one object, once.</summary>
    public Task<CommitOutcome> JoinAsync(
        S3Publication publication, IReadOnlyList<UploadedPart> parts, CancellationToken cancellationToken)
        => publication.RunAsync(
            StoredContent.Joined(parts),
            async client =>
            {
                await _session.Writes.JoinAsync(client, _key, _id, parts, cancellationToken).ConfigureAwait(false);
                _isJoined = true;
            },
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_isJoined)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(_parts)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _session.AbandonAsync(_session.Bucket.PathOf(_key), _id).ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    async Task<UploadedPart> SendAsync(byte[] rented, int length, int number)
    {
        try
        {
            var digest = ContentDigest.Of(rented.AsSpan(0, length));

            return await _session.Attempts.RunAsync(
                $"store part {number} of '{_key}'",
                (client, _) => _session.Writes.SendPartAsync(
                    client, _session.Bucket.PathOf(_key), _id, number, new(rented, 0, length), digest, _stop.Token),
                _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
            _session.Places.Release();
        }
    }
}
