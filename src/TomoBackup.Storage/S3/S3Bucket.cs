using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace TomoBackup.Storage.S3;

/// <summary>The requests that look at a bucket: one attempt each, answers checked, failures as the SDK throws them.
/// </summary>
sealed class S3Bucket(S3Options options)
{
    /// <summary>The metadata that a mark stands in.</summary>
    public const string MarkName = "tomo-writer";
    const int MarkBytes = 12;

    // A key that may write but not read is a good key; then a listing shows what there is.
    volatile bool _mayNotRead;

    public S3Options Options => options;

    public string PathOf(ObjectKey key) => PathOf(key.Value);

    public string PathOf(string key) => options.Prefix.Length == 0 ? key : $"{options.Prefix}/{key}";

    /// <summary>A word that one writer leaves on its object, so that it knows its own after a lost reply.</summary>
    public string NewMark()
    {
        Span<byte> random = stackalloc byte[MarkBytes];
        options.Entropy.Fill(random);
        return Convert.ToHexStringLower(random);
    }

    /// <summary>What stands under the key, by a request for its first byte: unlike HEAD its failure has a body, which
    /// tells a missing object from a missing bucket. Null where the service says that there is none.</summary>
    public async Task<FoundObject?> ExamineAsync(
        AmazonS3Client client, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client
                .GetObjectAsync(RangeOf(key, new ByteRange(0, 0)), cancellationToken).ConfigureAwait(false);
            return new FoundObject(LengthIn(answer), ContentDigest.Bare(answer.ETag), answer.Metadata[MarkName]);
        }
        catch (AmazonS3Exception failure) when (S3Fault.IsAbsence(failure))
        {
            return null;
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // An empty object has no first byte.
            var head = await client.GetObjectMetadataAsync(options.Bucket, PathOf(key), cancellationToken)
                .ConfigureAwait(false);
            return new FoundObject(head.ContentLength, ContentDigest.Bare(head.ETag), head.Metadata[MarkName]);
        }
    }

    /// <summary>As <see cref="ExamineAsync"/>, with as much of its beginning as one answer carries at no cost: most
    /// objects are read whole, and short.</summary>
    public async Task<OpenedObject?> OpenAsync(
        AmazonS3Client client, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client
                .GetObjectAsync(RangeOf(key, new ByteRange(0, Math.Max(options.HeadBytes, 1) - 1)), cancellationToken)
                .ConfigureAwait(false);
            var found = new FoundObject(LengthIn(answer), ContentDigest.Bare(answer.ETag), answer.Metadata[MarkName]);

            // An error that calls itself 200 has a body too.
            if (found.Tag is null)
                throw new TransferDamageException("the answer is no object");

            var head = new byte[Math.Min(found.Length, options.HeadBytes)];
            var read = await answer.ResponseStream
                .ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);

            return read == head.Length
                ? new OpenedObject(found, head)
                : throw new TransferDamageException($"the answer ends {head.Length - read} bytes early");
        }
        catch (AmazonS3Exception failure) when (S3Fault.IsAbsence(failure))
        {
            return null;
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return await ExamineAsync(client, key, cancellationToken).ConfigureAwait(false) is { } empty
                ? new OpenedObject(empty, [])
                : null;
        }
    }

    /// <summary>As <see cref="ExamineAsync"/>, but by a listing where this key may not read.</summary>
    public async Task<FoundObject?> FindAsync(
        AmazonS3Client client, ObjectKey key, CancellationToken cancellationToken)
    {
        if (!_mayNotRead)
        {
            try
            {
                return await ExamineAsync(client, key, cancellationToken).ConfigureAwait(false);
            }
            catch (AmazonS3Exception failure) when (failure.ErrorCode == "AccessDenied")
            {
                _mayNotRead = true;
            }
        }

        var page = await ListAsync(client, PathOf(key), after: null, most: 1, cancellationToken).ConfigureAwait(false);
        return page.Objects is [var first] && first.Key == PathOf(key)
            ? new FoundObject(first.Size ?? 0, ContentDigest.Bare(first.ETag), Mark: null)
            : null;
    }

    /// <summary>Opens a range for reading, front to back.</summary>
    /// <param name="found">What it is: another ETag means that it was replaced since.</param>
    public async Task<GetObjectResponse> OpenRangeAsync(
        AmazonS3Client client, ObjectKey key, FoundObject found, long offset, long length,
        CancellationToken cancellationToken)
    {
        var request = RangeOf(key, new ByteRange(offset, offset + length - 1));
        request.VersionId = found.Version;
        var answer = await client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);

        var range = $"bytes {offset}-{offset + length - 1}/";
        var isAsked = answer.ContentRange is null
            ? offset == 0 && answer.ContentLength == length
            : answer.ContentRange.StartsWith(range, StringComparison.Ordinal);

        if (isAsked && ContentDigest.Bare(answer.ETag) == found.Tag)
            return answer;

        var shown = answer.ContentRange ?? $"{answer.ContentLength} bytes";
        var shownTag = answer.ETag;
        answer.Dispose();
        throw new TransferDamageException(
            $"asked for {length} bytes at {offset} of '{found.Tag}', the answer has {shown} of '{shownTag}'");
    }

    /// <summary>A page of a listing.</summary>
    /// <param name="after">Where the last page ended; null for the first.</param>
    public async Task<(IReadOnlyList<S3Object> Objects, string? Next)> ListAsync(
        AmazonS3Client client, string prefix, string? after, int most, CancellationToken cancellationToken)
    {
        var answer = await client.ListObjectsV2Async(
            new ListObjectsV2Request
            {
                BucketName = options.Bucket,
                Prefix = prefix,
                MaxKeys = most,
                ContinuationToken = after,
            },
            cancellationToken).ConfigureAwait(false);

        // The SDK takes any document for a listing, an error among them, and then finds it empty.
        if (answer.Name != options.Bucket || answer.IsTruncated is null)
            throw new TransferDamageException("the answer is no listing of the bucket");

        if (answer.IsTruncated == true && string.IsNullOrEmpty(answer.NextContinuationToken))
            throw new TransferDamageException("a page of the listing does not say where the next one begins");

        return (answer.S3Objects ?? [], answer.IsTruncated == true ? answer.NextContinuationToken : null);
    }

    /// <summary>Deletes one object; never many in one request, which some services understand otherwise.</summary>
    public async Task DeleteAsync(AmazonS3Client client, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteObjectAsync(options.Bucket, PathOf(key), cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (S3Fault.IsAbsence(failure))
        {
            // Somebody else did it.
        }
    }

    GetObjectRequest RangeOf(ObjectKey key, ByteRange range)
        => new() { BucketName = options.Bucket, Key = PathOf(key), ByteRange = range };

    static long LengthIn(GetObjectResponse answer)
        => answer.ContentRange is null
            ? answer.ContentLength
            : long.TryParse(
                answer.ContentRange.AsSpan(answer.ContentRange.LastIndexOf('/') + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var length)
                ? length
                : throw new TransferDamageException($"'{answer.ContentRange}' names no length");
}
