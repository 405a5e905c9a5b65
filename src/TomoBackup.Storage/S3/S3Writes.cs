using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace TomoBackup.Storage.S3;

/// <summary>The requests that put objects, or parts of them: one attempt each. Bodies go out whole and signed, with
/// their MD5, so that the service refuses what was spoiled on the way.</summary>
sealed class S3Writes(S3Bucket bucket, StoreCapabilities capabilities, ServerSigns signs)
{
    const string IfThereIsNone = "*";

    S3Options Options => bucket.Options;

    string? Condition => capabilities.LetsOneCreatorWin ? IfThereIsNone : null;

    public async Task PutAsync(
        AmazonS3Client client, ObjectKey key, string mark, ArraySegment<byte> content, byte[] digest,
        CancellationToken cancellationToken)
    {
        using var body = BodyOf(content);
        var request = new PutObjectRequest
        {
            BucketName = Options.Bucket,
            Key = bucket.PathOf(key),
            InputStream = body,
            AutoCloseStream = false,
            UseChunkEncoding = false, // else some services store the framing with the bytes
            MD5Digest = Convert.ToBase64String(digest),
            IfNoneMatch = Condition,
            ServerSideEncryptionMethod = Encryption,
        };
        request.Metadata.Add(S3Bucket.MarkName, mark);

        if (await EndOfLockAsync(client, key, cancellationToken).ConfigureAwait(false) is { } until)
        {
            request.ObjectLockMode = LockMode;
            request.ObjectLockRetainUntilDate = until.UtcDateTime;
        }

        var answer = await client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
        ExpectSuccess(answer.HttpStatusCode, answer.ETag);
    }

    /// <summary>Begins an object of several parts; the answer is the name of the upload.</summary>
    public async Task<string> BeginAsync(
        AmazonS3Client client, ObjectKey key, string mark, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = Options.Bucket,
            Key = bucket.PathOf(key),
            ServerSideEncryptionMethod = Encryption,
        };
        request.Metadata.Add(S3Bucket.MarkName, mark);

        if (await EndOfLockAsync(client, key, cancellationToken).ConfigureAwait(false) is { } until)
        {
            request.ObjectLockMode = LockMode;
            request.ObjectLockRetainUntilDate = until.UtcDateTime;
        }

        var answer = await client.InitiateMultipartUploadAsync(request, cancellationToken).ConfigureAwait(false);
        ExpectSuccess(answer.HttpStatusCode, answer.UploadId);
        return answer.UploadId;
    }

    /// <param name="path">In the bucket.</param>
    public async Task<UploadedPart> SendPartAsync(
        AmazonS3Client client, string path, string upload, int number, ArraySegment<byte> content, byte[] digest,
        CancellationToken cancellationToken)
    {
        using var body = BodyOf(content);
        var answer = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = Options.Bucket,
                Key = path,
                UploadId = upload,
                PartNumber = number,
                InputStream = body,
                PartSize = content.Count,
                UseChunkEncoding = false,
                MD5Digest = Convert.ToBase64String(digest),
            },
            cancellationToken).ConfigureAwait(false);

        ExpectSuccess(answer.HttpStatusCode, answer.ETag);
        return new UploadedPart(number, content.Count, digest, answer.ETag);
    }

    public async Task JoinAsync(
        AmazonS3Client client, ObjectKey key, string upload, IReadOnlyList<UploadedPart> parts,
        CancellationToken cancellationToken)
    {
        var answer = await client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = Options.Bucket,
                Key = bucket.PathOf(key),
                UploadId = upload,
                PartETags = [.. parts.Select(part => new PartETag(part.Number, part.Tag))],
                IfNoneMatch = Condition,
            },
            cancellationToken).ConfigureAwait(false);

        // A join may answer 200 before it is done, and then an error.
        ExpectSuccess(answer.HttpStatusCode, answer.ETag);
    }

    /// <summary>Puts off the end of a lock; a service refuses to shorten one.</summary>
    public async Task RenewLockAsync(AmazonS3Client client, ObjectKey key, CancellationToken cancellationToken)
    {
        if (await EndOfLockAsync(client, key, cancellationToken).ConfigureAwait(false) is not { } until)
            return;

        await client.PutObjectRetentionAsync(
            new PutObjectRetentionRequest
            {
                BucketName = Options.Bucket,
                Key = bucket.PathOf(key),
                Retention = new ObjectLockRetention
                {
                    Mode = Options.Lock?.Mode == S3LockMode.Compliance
                        ? ObjectLockRetentionMode.Compliance
                        : ObjectLockRetentionMode.Governance,
                    RetainUntilDate = until.UtcDateTime,
                },
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives up an upload; one that is gone already is what was wanted.</summary>
    public async Task AbandonAsync(
        AmazonS3Client client, string path, string upload, CancellationToken cancellationToken)
    {
        try
        {
            await client.AbortMultipartUploadAsync(Options.Bucket, path, upload, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.StatusCode == HttpStatusCode.NotFound)
        {
            // Joined, or abandoned before.
        }
    }

    ServerSideEncryptionMethod? Encryption
        => Options.ServerSideEncryption is { } method ? ServerSideEncryptionMethod.FindValue(method) : null;

    ObjectLockMode LockMode
        => Options.Lock?.Mode == S3LockMode.Compliance ? ObjectLockMode.Compliance : ObjectLockMode.Governance;

    // By the service's clock, which decides when a lock has ended. Any answer shows it.
    async Task<DateTimeOffset?> EndOfLockAsync(
        AmazonS3Client client, ObjectKey key, CancellationToken cancellationToken)
    {
        if (Options.Lock is not { } locks)
            return null;

        if (signs.ClockDifference is null)
            await bucket.ListAsync(client, bucket.PathOf(key), after: null, most: 1, cancellationToken)
                .ConfigureAwait(false);

        return locks.Until(key, Options.Time.GetUtcNow() + (signs.ClockDifference ?? TimeSpan.Zero));
    }

    static MemoryStream BodyOf(ArraySegment<byte> content)
        => new(content.Array!, content.Offset, content.Count, writable: false);

    static void ExpectSuccess(HttpStatusCode status, string? result)
    {
        if (string.IsNullOrEmpty(result))
            throw new TransferDamageException(string.Create(
                CultureInfo.InvariantCulture, $"the answer {(int)status} lacks the result"));
    }
}
