using System.Buffers;
using Amazon.S3;

namespace TomoBackup.Storage.S3;

/// <summary>Reads an object back and compares it with what was sent.</summary>
sealed class S3Proof(S3Bucket bucket)
{
    const int ChunkBytes = 128 * 1024;

    /// <summary>A difference is believed when it is seen twice: the first may be the line's.</summary>
    const int Readings = 2;

    public async Task<bool> HoldsAsync(
        AmazonS3Client client, ObjectKey key, FoundObject found, StoredContent content,
        CancellationToken cancellationToken)
    {
        var offset = 0L;

        foreach (var part in content.Parts)
        {
            if (!await HoldsAsync(client, key, found, offset, part, cancellationToken).ConfigureAwait(false))
                return false;

            offset += part.Length;
        }

        return true;
    }

    async Task<bool> HoldsAsync(
        AmazonS3Client client, ObjectKey key, FoundObject found, long offset, UploadedPart part,
        CancellationToken cancellationToken)
    {
        for (var reading = 0; part.Length > 0 && reading < Readings; reading++)
        {
            var digest = await DigestAsync(client, key, found, offset, part.Length, cancellationToken)
                .ConfigureAwait(false);

            if (digest.AsSpan().SequenceEqual(part.Digest))
                return true;
        }

        return part.Length == 0;
    }

    async Task<byte[]> DigestAsync(
        AmazonS3Client client, ObjectKey key, FoundObject found, long offset, long length,
        CancellationToken cancellationToken)
    {
        using var answer = await bucket.OpenRangeAsync(client, key, found, offset, length, cancellationToken)
            .ConfigureAwait(false);
        using var hash = ContentDigest.Begin();
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);

        try
        {
            while (await answer.ResponseStream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)
                is > 0 and var read)
                hash.AppendData(chunk.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return hash.GetHashAndReset();
    }
}
