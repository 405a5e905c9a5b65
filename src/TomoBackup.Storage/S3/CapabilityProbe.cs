using System.Net;

namespace TomoBackup.Storage.S3;

/// <summary>What a probe found.</summary>
/// <param name="Capabilities">What the service, with this key, can do; null in it is what could not be found out.
/// </param>
/// <param name="Left">Paths in the bucket of scratch objects that could not be removed, or only be hidden.</param>
/// <param name="Remarks">What is worth a person's attention, a clause each.</param>
public sealed record ProbeResult(
    StoreCapabilities Capabilities, IReadOnlyList<string> Left, IReadOnlyList<string> Remarks);

/// <summary>
/// Finds out by trying what a service can do, for documents are wrong and change. It works below
/// <see cref="ScratchPrefix"/> of the store's prefix with two objects of 4 kB, and at a service that is not known to
/// join parts well with one of 5 MB in two, which it removes as far as it may. Where the first cannot be stored there
/// is nothing to find out: a <see cref="StoreException"/> says why.
/// </summary>
public sealed class CapabilityProbe
{
    /// <summary>Where scratch objects stand. No listing of a store shows them: such a name is no object key.</summary>
    public const string ScratchPrefix = ".probe";

    readonly S3Session _session;
    readonly ProbeRequests _requests;
    readonly List<string> _left = [];
    readonly List<string> _remarks = [];

    StoreCapabilities _found;

    /// <summary>Probes the service of a store, with the store's key.</summary>
    public CapabilityProbe(S3Store store)
    {
        _session = store.Session;
        _requests = new ProbeRequests(_session);
        _found = store.Capabilities;
    }

    /// <summary>Tries everything, once.</summary>
    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        var (kept, spoiled, joined) = (_requests.NewPath(), _requests.NewPath(), _requests.NewPath());

        if ((await _requests.PutAsync(kept, cancellationToken).ConfigureAwait(false)).Status is { } refusal)
            throw new StoreException(
                StoreFailure.Denied, $"store '{_session.Address}': unable to store a scratch object: {(int)refusal}");

        var hasJoined = false;

        try
        {
            await LookAsync(kept, cancellationToken).ConfigureAwait(false);
            await ReplaceAsync(kept, cancellationToken).ConfigureAwait(false);
            await SpoilAsync(spoiled, cancellationToken).ConfigureAwait(false);
            hasJoined = await JoinAsync(joined, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await RemoveAsync(kept, cancellationToken).ConfigureAwait(false);

            if (_found.ChecksUploads != true)
                await RemoveAsync(spoiled, cancellationToken).ConfigureAwait(false);

            if (hasJoined)
                await RemoveAsync(joined, cancellationToken).ConfigureAwait(false);
        }

        return new ProbeResult(_found, _left, _remarks);
    }

    async Task LookAsync(string path, CancellationToken cancellationToken)
    {
        var listed = await _requests.IsListedAsync(path, cancellationToken).ConfigureAwait(false);
        var range = await _requests.ReadRangeAsync(path, cancellationToken).ConfigureAwait(false);
        var versions = await _requests.KeepsVersionsAsync(cancellationToken).ConfigureAwait(false);
        var locks = await _requests.HasLocksAsync(cancellationToken).ConfigureAwait(false);

        _found = _found.ShownAs(_session.Signs.Software) with
        {
            ClockDifference = _session.Signs.ClockDifference,
            ListsAtOnce = Known(listed),
            ReadsRanges = Known(range),
            KeepsVersions = Known(versions) ?? _found.KeepsVersions,
            HasObjectLock = locks.Status == HttpStatusCode.NotFound ? false : Known(locks),
        };

        if (listed is { IsDone: true, Value: false })
            _remarks.Add("a new object is not in the next listing");

        if (range is { IsDone: true, Value: false })
            _remarks.Add("a range of an object comes back with other bytes: nothing can be restored from here");
    }

    // Three answers look alike from afar: refused by the condition, refused for asking, and not heeded.
    async Task ReplaceAsync(string path, CancellationToken cancellationToken)
    {
        var careful = await _requests.PutAsync(path, cancellationToken, ifThereIsNone: true).ConfigureAwait(false);
        _found = _found with
        {
            ConditionalPut = careful.Status switch
            {
                null => ConditionalPut.Ignored,
                HttpStatusCode.PreconditionFailed => ConditionalPut.Enforced,
                HttpStatusCode.NotImplemented or HttpStatusCode.BadRequest => ConditionalPut.Refused,
                _ => ConditionalPut.Unknown,
            },
        };

        if (careful.IsDone)
            _remarks.Add("the service passes over If-None-Match: unique keys are all that protects objects");

        var careless = await _requests.PutAsync(path, cancellationToken).ConfigureAwait(false);
        _found = _found with { CanOverwrite = careless.MayDo };
    }

    async Task SpoilAsync(string path, CancellationToken cancellationToken)
    {
        var spoiled = await _requests.PutAsync(path, cancellationToken, isSpoiled: true).ConfigureAwait(false);
        _found = _found with
        {
            ChecksUploads = spoiled.Status switch
            {
                null => false,
                HttpStatusCode.BadRequest => true,
                _ => null,
            },
        };

        if (spoiled.IsDone)
            _remarks.Add("the service takes an upload that does not fit its Content-MD5");
    }

    // True where an object may stand there now.
    async Task<bool> JoinAsync(string path, CancellationToken cancellationToken)
    {
        if (_found.ReadBack != ReadBack.JoinedBytes)
            return false;

        var joined = await _requests.JoinsPartsAsync(path, cancellationToken).ConfigureAwait(false);

        if (joined is { IsDone: true, Value: true })
            _found = _found with { ReadBack = ReadBack.Checksum };
        else if (joined.IsDone)
            _remarks.Add("objects in parts come out otherwise than they were sent: each is read back before it counts");

        return joined.IsDone;
    }

    async Task RemoveAsync(string path, CancellationToken cancellationToken)
    {
        var removal = await _requests.DeleteAsync(path, version: null, cancellationToken).ConfigureAwait(false);
        var isGone = removal.IsDone;
        _found = _found with { CanDelete = removal.MayDo };

        if (_found.KeepsVersions != false)
        {
            var erased = await EraseAsync(path, cancellationToken).ConfigureAwait(false);
            _found = _found with { CanErase = erased };
            isGone = erased == true;
        }
        else
            _found = _found with { CanErase = removal.MayDo };

        if (!isGone)
            _left.Add(path);
    }

    // Removed by its name it is only hidden.
    async Task<bool?> EraseAsync(string path, CancellationToken cancellationToken)
    {
        var versions = await _requests.VersionsAsync(path, cancellationToken).ConfigureAwait(false);
        bool? erased = versions.IsDone ? true : null;

        foreach (var version in versions.Value ?? [])
        {
            var removal = await _requests.DeleteAsync(path, version, cancellationToken).ConfigureAwait(false);
            erased = removal.IsDone ? erased : removal.MayDo;
        }

        return erased;
    }

    static bool? Known(ProbeAnswer<bool> answer) => answer.IsDone ? answer.Value : null;
}
