using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// Says in a repository who is at work, so that nothing is expired under him and no second host does the same. It
/// carries its own end and is renewed by new objects; when its host dies it simply runs out.
/// </summary>
sealed class Lease : IAsyncDisposable
{
    static readonly TimeSpan Term = TimeSpan.FromHours(1);

    readonly Repository _repository;
    readonly LeaseRecord _record;
    readonly SigningKey _signer;
    readonly TimeProvider _time;
    readonly string _id;
    readonly CancellationTokenSource _stop = new();
    Task _renewals = Task.CompletedTask;
    int _number;

    Lease(Repository repository, LeaseRecord record, SigningKey signer, IEntropy entropy, TimeProvider time)
    {
        _repository = repository;
        _record = record;
        _signer = signer;
        _time = time;

        Span<byte> id = stackalloc byte[8];
        entropy.Fill(id);
        _id = Convert.ToHexStringLower(id);
    }

    /// <summary>Takes a lease and keeps renewing it until it is disposed.</summary>
    public static async Task<Lease> TakeAsync(
        Repository repository,
        LineageId lineage,
        string verb,
        string host,
        string? subject,
        SigningKey signer,
        IEntropy entropy,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var record = new LeaseRecord(lineage, verb, host, now, now + Term, subject);
        var lease = new Lease(repository, record, signer, entropy, time);

        await lease.PublishAsync(now + Term, cancellationToken).ConfigureAwait(false);
        lease._renewals = lease.RenewAsync();
        return lease;
    }

    /// <summary>The leases that have not run out, of any host.</summary>
    public static async Task<IReadOnlyList<LeaseRecord>> ActiveAsync(
        Repository repository, Lineage lineage, TimeProvider time, CancellationToken cancellationToken)
    {
        var active = new List<LeaseRecord>();

        await foreach (var numbers in repository.Store
            .ListNumberedAsync(RepositoryLayout.Leases(lineage.Id), cancellationToken).ConfigureAwait(false))

            // The highest authentic one counts: a forged one behind it must not end what a host began.
            foreach (var key in numbers.Reverse())
                if (await TryReadAsync(repository, lineage, key, cancellationToken).ConfigureAwait(false)
                    is { } record)
                {
                    if (record.Until > time.GetUtcNow())
                        active.Add(record);

                    break;
                }

        return active;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewals.ConfigureAwait(false);
        _stop.Dispose();

        try
        {
            // Ending early is a courtesy: when it fails, the lease runs out by itself.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), _time);
            await PublishAsync(_time.GetUtcNow(), limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or TomoBackupException)
        {
        }
    }

    async Task PublishAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            _record with { Until = until }, RepositoryJson.Default.LeaseRecord);

        await _repository.WriteOnceAsync(
            RepositoryLayout.Lease(_record.Lineage, _id, ++_number),
            Dsse.Sign(DocumentType.Lease, payload, _signer),
            cancellationToken).ConfigureAwait(false);
    }

    async Task RenewAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Term / 3, _time);

            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
                await PublishAsync(_time.GetUtcNow() + Term, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or TomoBackupException)
        {
            // A lease that could not be renewed runs out; the work itself goes on and fails or succeeds by its own.
        }
    }

    static async Task<LeaseRecord?> TryReadAsync(
        Repository repository, Lineage lineage, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await repository.TryReadAsync(key, cancellationToken).ConfigureAwait(false) is { } envelope
                ? JsonSerializer.Deserialize(
                    Dsse.Open(envelope, DocumentType.Lease, lineage.Signer), RepositoryJson.Default.LeaseRecord)
                : null;
        }
        catch (Exception e) when (e is CodecException or JsonException)
        {
            // Whoever forged it gains nothing: a lease only ever delays an expiry.
            return null;
        }
    }
}
