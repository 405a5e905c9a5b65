using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace TomoBackup.Storage.S3;

/// <summary>The bucket as it was at a moment. Of each name the newest version that is not younger counts; where that is
/// a delete marker, there was none. So what somebody hid or wrote over later is found again, for as long as the bucket
/// keeps old versions.</summary>
sealed class S3Versions(S3Session session, DateTimeOffset moment)
{
    /// <summary>What stood under the key; null for nothing.</summary>
    public async Task<FoundObject?> FindAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var path = session.Bucket.PathOf(key);

        await foreach (var names in NamesAsync(path, cancellationToken).ConfigureAwait(false))
        {
            // The shortest name of those that begin with the path comes first.
            if (names[0].Key != path)
                break;

            return Of(names) is { } version
                ? new FoundObject(
                    version.Size ?? 0, ContentDigest.Bare(version.ETag), Mark: null, version.VersionId)
                : null;
        }

        return null;
    }

    /// <summary>What stood under the prefix, by name.</summary>
    public async IAsyncEnumerable<S3ObjectVersion> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var names in NamesAsync(session.Bucket.PathOf(prefix), cancellationToken).ConfigureAwait(false))
            if (Of(names) is { } version)
                yield return version;
    }

    // Services show the newest first; where two are of one second, the order of the listing decides.
    S3ObjectVersion? Of(IReadOnlyList<S3ObjectVersion> versions)
        => versions
            .Where(version => version.LastModified?.ToUniversalTime() <= moment.UtcDateTime)
            .OrderByDescending(version => version.LastModified)
            .FirstOrDefault() is { IsDeleteMarker: not true } version
                ? version
                : null;

    // All versions of one name together. Some services show those of a page first, and its delete markers after them.
    async IAsyncEnumerable<IReadOnlyList<S3ObjectVersion>> NamesAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var waiting = new List<S3ObjectVersion>();
        (string? Key, string? Version) next = (null, null);

        do
        {
            var from = next;
            (var page, next) = await session.Attempts.RunAsync(
                $"list the versions of '{prefix}'",
                (client, _) => PageAsync(client, prefix, from, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            waiting.AddRange(page);
            var last = page.Count == 0 || next.Key is null ? null : page.MaxBy(v => v.Key, StringComparer.Ordinal)!.Key;

            foreach (var name in waiting.GroupBy(v => v.Key).OrderBy(g => g.Key, StringComparer.Ordinal).ToList())
                if (name.Key != last)
                    yield return [.. name];

            waiting.RemoveAll(version => version.Key != last);
        }
        while (next.Key is not null);
    }

    async Task<(IReadOnlyList<S3ObjectVersion> Page, (string? Key, string? Version) Next)> PageAsync(
        AmazonS3Client client, string prefix, (string? Key, string? Version) from, CancellationToken cancellationToken)
    {
        var answer = await client.ListVersionsAsync(
            new ListVersionsRequest
            {
                BucketName = session.Options.Bucket,
                Prefix = prefix,
                MaxKeys = session.Options.PageKeys,
                KeyMarker = from.Key,
                VersionIdMarker = from.Version,
            },
            cancellationToken).ConfigureAwait(false);

        // The SDK takes any document for a listing, an error among them, and then finds it empty.
        if (answer.Name != session.Options.Bucket || answer.IsTruncated is null)
            throw new TransferDamageException("the answer is no listing of the bucket");

        if (answer.IsTruncated == true && string.IsNullOrEmpty(answer.NextKeyMarker))
            throw new TransferDamageException("a page of the listing does not say where the next one begins");

        return (
            answer.Versions ?? [],
            answer.IsTruncated == true ? (answer.NextKeyMarker, answer.NextVersionIdMarker) : (null, null));
    }
}
