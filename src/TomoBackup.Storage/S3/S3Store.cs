using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TomoBackup.Storage.S3;

/// <summary>
/// A store in a bucket of a service that speaks S3. What is weaker than in a directory, because S3 is: an object may
/// stand above or below another's key, and creators of one key that overlap are told apart only where
/// <see cref="StoreCapabilities.LetsOneCreatorWin"/>; elsewhere two may both hear that they stored it, and the later
/// one's stays. No object is ever replaced knowingly. Bytes that are read are counted, not authenticated: that is the
/// reader's. Rights needed: to put and to list; to read and to delete for what reads and deletes.
/// </summary>
[SuppressMessage("Reliability", "CA2000", Justification = "readers and writers belong to the caller")]
public sealed class S3Store : IObjectStore
{
    readonly S3Session _session;

    S3Store(S3Session session) => _session = session;

    /// <inheritdoc/>
    public string Address => _session.Address;

    /// <inheritdoc/>
    public bool ProvesContent => true;

    /// <inheritdoc/>
    public bool LocksObjects => _session.Options.Lock is not null;

    /// <summary>What its service is taken to be able to do.</summary>
    public StoreCapabilities Capabilities => _session.Capabilities;

    internal S3Session Session => _session;

    /// <summary>Opens a store without asking the service anything. A bucket that does not exist shows at the first
    /// request, as <see cref="StoreFailure.Missing"/>; it is never made.</summary>
    public static S3Store Open(S3Options options) => new(new S3Session(options));

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RefuseThePast($"store '{key}'");
        return new(new S3ObjectWriter(_session, key));
    }

    /// <inheritdoc/>
    public async ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
        => await FindAsync(key, cancellationToken).ConfigureAwait(false) is { } opened
            ? new S3ObjectReader(_session, key, opened)
            : null;

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, CancellationToken cancellationToken)
        => _session.Options.AsOf is { } moment
            ? ListThenAsync(new S3Versions(_session, moment), prefix, cancellationToken)
            : ListNowAsync(prefix, cancellationToken);

    async IAsyncEnumerable<ObjectEntry> ListThenAsync(
        S3Versions versions, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var version in versions.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            if (EntryOf(version.Key, version.Size, version.LastModified) is { } entry)
                yield return entry;
    }

    async IAsyncEnumerable<ObjectEntry> ListNowAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        string? last = null;

        do
        {
            var from = next;
            (var objects, next) = await _session.Attempts.RunAsync(
                $"list '{prefix}'",
                (client, _) => _session.Bucket.ListAsync(
                    client, _session.Bucket.PathOf(prefix), from, _session.Options.PageKeys, cancellationToken),
                cancellationToken).ConfigureAwait(false);

            foreach (var found in objects)
            {
                // A listing that goes back may also leave out, and what a listing leaves out may be taken for absent.
                if (last is not null && string.CompareOrdinal(found.Key, last) <= 0)
                    throw new StoreException(
                        StoreFailure.Damaged, $"store '{Address}': the listing shows '{found.Key}' after '{last}'");

                last = found.Key;

                if (EntryOf(found.Key, found.Size, found.LastModified) is { } entry)
                    yield return entry;
            }
        }
        while (next is not null);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        RefuseThePast($"delete '{key}'");
        await _session.Attempts.RunAsync(
            $"delete '{key}'",
            client => _session.Bucket.DeleteAsync(client, key, cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public bool IsFar => true;

    /// <inheritdoc/>
    public ValueTask<StoreGuarantees> GuaranteesAsync(CancellationToken cancellationToken)
        => new(StoreGuarantees.All with { OneCreatorWins = Capabilities.LetsOneCreatorWin });

    /// <inheritdoc/>
    public async ValueTask RenewLockAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (LocksObjects)
            await _session.Attempts.RunAsync(
                $"lock '{key}' for longer",
                client => _session.Writes.RenewLockAsync(client, key, cancellationToken),
                cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives up uploads that killed writers left unfinished, and answers how many. Let the time be longer
    /// than any upload takes.</summary>
    public ValueTask<int> SweepAsync(TimeSpan olderThan, CancellationToken cancellationToken)
        => new S3Sweep(_session).RunAsync(_session.Options.Time.GetUtcNow() - olderThan, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task<OpenedObject?> FindAsync(ObjectKey key, CancellationToken cancellationToken)
        => _session.Options.AsOf is not { } moment
            ? await _session.Attempts.RunAsync(
                $"open '{key}'",
                (client, _) => _session.Bucket.OpenAsync(client, key, cancellationToken),
                cancellationToken).ConfigureAwait(false)
            : await new S3Versions(_session, moment).FindAsync(key, cancellationToken).ConfigureAwait(false)
                is { } found
                ? new OpenedObject(found, [])
                : null;

    void RefuseThePast(string act)
    {
        if (_session.Options.AsOf is { } moment)
            throw new StoreException(
                StoreFailure.Denied,
                $"store '{Address}': unable to {act}: it is looked at as of {moment.UtcDateTime:u}, to be read only");
    }

    // Other tools' files are none of ours.
    ObjectEntry? EntryOf(string path, long? length, DateTime? modified)
    {
        var start = _session.Bucket.PathOf("").Length;

        return path.Length > start && ObjectKey.IsValid(path[start..])
            ? new ObjectEntry(
                new ObjectKey(path[start..]),
                length ?? 0,
                new DateTimeOffset(modified?.ToUniversalTime() ?? default, TimeSpan.Zero))
            : null;
    }
}
