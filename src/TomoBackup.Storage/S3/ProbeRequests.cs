using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace TomoBackup.Storage.S3;

/// <summary>The answer to one request of a probe.</summary>
/// <param name="Status">Null where the request was carried out.</param>
/// <param name="Value">What came of it.</param>
readonly record struct ProbeAnswer<T>(HttpStatusCode? Status, T? Value)
{
    public bool IsDone => Status is null;

    public bool IsForbidden => Status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized;

    /// <summary>True or false where the service said so, null where it said something else.</summary>
    public bool? MayDo => IsDone ? true : IsForbidden ? false : null;
}

/// <summary>The requests of a probe. A refusal is an answer here, a passing fault is tried again.</summary>
sealed class ProbeRequests(S3Session session)
{
    const int RangeStart = 1000;
    const int RangeEnd = 1099;

    static readonly byte[] Content = [.. Enumerable.Range(0, 4000).Select(number => (byte)(number * 37 / 11))];

    // The shortest part that S3 takes where another one follows.
    static byte[] LongContent { get; } = [.. Enumerable.Range(0, 5 << 20).Select(number => (byte)(number * 31 >> 7))];

    string Bucket => session.Options.Bucket;

    public string NewPath() => session.Bucket.PathOf($"{CapabilityProbe.ScratchPrefix}/{session.Bucket.NewMark()}");

    /// <param name="ifThereIsNone">Ask that nothing be replaced.</param>
    /// <param name="isSpoiled">Send a digest that does not fit.</param>
    public Task<ProbeAnswer<string?>> PutAsync(
        string path, CancellationToken cancellationToken, bool ifThereIsNone = false, bool isSpoiled = false)
        => AskAsync<string?>(
            "store a scratch object",
            async client =>
            {
                using var body = new MemoryStream(Content, writable: false);
                var answer = await client.PutObjectAsync(
                    new PutObjectRequest
                    {
                        BucketName = Bucket,
                        Key = path,
                        InputStream = body,
                        UseChunkEncoding = false,
                        MD5Digest = Convert.ToBase64String(ContentDigest.Of(isSpoiled ? [] : Content)),
                        IfNoneMatch = ifThereIsNone ? "*" : null,
                    },
                    cancellationToken).ConfigureAwait(false);
                return answer.VersionId;
            },
            cancellationToken);

    /// <summary>True where a range in the middle is what was stored there.</summary>
    public Task<ProbeAnswer<bool>> ReadRangeAsync(string path, CancellationToken cancellationToken)
        => AskAsync(
            "read a scratch object",
            async client =>
            {
                using var answer = await client.GetObjectAsync(
                    new GetObjectRequest
                    {
                        BucketName = Bucket,
                        Key = path,
                        ByteRange = new ByteRange(RangeStart, RangeEnd),
                    },
                    cancellationToken).ConfigureAwait(false);
                var read = new byte[RangeEnd - RangeStart + 1];
                await answer.ResponseStream.ReadExactlyAsync(read, cancellationToken).ConfigureAwait(false);
                return read.AsSpan().SequenceEqual(Content.AsSpan(RangeStart, read.Length));
            },
            cancellationToken);

    /// <summary>True where an object of two parts comes back as it was sent, under the checksum that S3's rule gives
    /// it.</summary>
    public Task<ProbeAnswer<bool>> JoinsPartsAsync(string path, CancellationToken cancellationToken)
        => AskAsync(
            "store a scratch object in parts",
            async client =>
            {
                var begun = await client.InitiateMultipartUploadAsync(Bucket, path, cancellationToken)
                    .ConfigureAwait(false);

                try
                {
                    return await JoinsAsync(client, path, begun.UploadId, cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    await session.AbandonAsync(path, begun.UploadId).ConfigureAwait(false);
                    throw;
                }
            },
            cancellationToken);

    async Task<bool> JoinsAsync(
        AmazonS3Client client, string path, string upload, CancellationToken cancellationToken)
    {
        var parts = new List<UploadedPart>();

        foreach (var content in new[] { LongContent, Content })
            parts.Add(await session.Writes.SendPartAsync(
                client, path, upload, parts.Count + 1, content, ContentDigest.Of(content), cancellationToken)
                .ConfigureAwait(false));

        await client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = Bucket,
                Key = path,
                UploadId = upload,
                PartETags = [.. parts.Select(part => new PartETag(part.Number, part.Tag))],
            },
            cancellationToken).ConfigureAwait(false);
        return await HoldsAsync(client, path, StoredContent.Joined(parts), cancellationToken).ConfigureAwait(false);
    }

    async Task<bool> HoldsAsync(
        AmazonS3Client client, string path, StoredContent sent, CancellationToken cancellationToken)
    {
        using var answer = await client.GetObjectAsync(Bucket, path, cancellationToken).ConfigureAwait(false);

        if (answer.ContentLength != sent.Length || ContentDigest.Bare(answer.ETag) != sent.Tag)
            return false;

        var read = new byte[sent.Length];
        await answer.ResponseStream.ReadExactlyAsync(read, cancellationToken).ConfigureAwait(false);
        return read.AsSpan(0, LongContent.Length).SequenceEqual(LongContent)
            && read.AsSpan(LongContent.Length).SequenceEqual(Content);
    }

    public Task<ProbeAnswer<bool>> IsListedAsync(string path, CancellationToken cancellationToken)
        => AskAsync(
            "list scratch objects",
            async client => (await session.Bucket.ListAsync(client, path, after: null, most: 1, cancellationToken)
                .ConfigureAwait(false)).Objects.Count > 0,
            cancellationToken);

    public Task<ProbeAnswer<bool>> KeepsVersionsAsync(CancellationToken cancellationToken)
        => AskAsync(
            "ask for versioning",
            async client => (await client.GetBucketVersioningAsync(Bucket, cancellationToken).ConfigureAwait(false))
                .VersioningConfig?.Status == VersionStatus.Enabled,
            cancellationToken);

    public Task<ProbeAnswer<bool>> HasLocksAsync(CancellationToken cancellationToken)
        => AskAsync(
            "ask for object locks",
            async client => (await client.GetObjectLockConfigurationAsync(
                    new GetObjectLockConfigurationRequest { BucketName = Bucket }, cancellationToken)
                .ConfigureAwait(false)).ObjectLockConfiguration?.ObjectLockEnabled == ObjectLockEnabled.Enabled,
            cancellationToken);

    public Task<ProbeAnswer<bool>> DeleteAsync(string path, string? version, CancellationToken cancellationToken)
        => AskAsync(
            "remove a scratch object",
            async client =>
            {
                await client.DeleteObjectAsync(
                    new DeleteObjectRequest { BucketName = Bucket, Key = path, VersionId = version },
                    cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Versions and delete markers of one scratch object.</summary>
    public Task<ProbeAnswer<IReadOnlyList<string>>> VersionsAsync(string path, CancellationToken cancellationToken)
        => AskAsync<IReadOnlyList<string>>(
            "list versions of a scratch object",
            async client =>
            {
                var answer = await client.ListVersionsAsync(Bucket, path, cancellationToken).ConfigureAwait(false);
                return [.. (answer.Versions ?? []).Select(version => version.VersionId)];
            },
            cancellationToken);

    Task<ProbeAnswer<T>> AskAsync<T>(
        string what, Func<AmazonS3Client, Task<T>> request, CancellationToken cancellationToken)
        => session.Attempts.RunAsync<ProbeAnswer<T>>(
            what,
            async (client, _) =>
            {
                try
                {
                    return new(Status: null, await request(client).ConfigureAwait(false));
                }
                catch (AmazonS3Exception refusal) when (IsAnAnswer(refusal))
                {
                    return new(refusal.StatusCode, Value: default);
                }
            },
            cancellationToken);

    static bool IsAnAnswer(AmazonS3Exception refusal)
        => refusal.ErrorCode is "BadDigest" or "PreconditionFailed" || S3Fault.Of(refusal) is
        {
            IsTransient: false,
            Failure: not StoreFailure.Missing,
        } || refusal.ErrorCode == "ObjectLockConfigurationNotFoundError";
}
