using System.Net;
using Amazon.S3;

namespace TomoBackup.Storage.S3;

/// <summary>
/// Makes one object visible, and proves that it is ours and whole before it says so. Where the service lets one creator
/// win, it decides; elsewhere we look before and after. A request whose reply was lost is recognised by the writer's
/// mark on the object, not guessed.
/// </summary>
sealed class S3Publication(
    S3Bucket bucket, S3Attempts attempts, StoreCapabilities capabilities, string address, ObjectKey key, string mark)
{
    readonly S3Proof _proof = new(bucket);

    /// <summary>What speaks for an object being ours.</summary>
    enum Claim
    {
        /// <summary>We sent nothing yet.</summary>
        None,

        /// <summary>A reply was lost.</summary>
        Possible,

        /// <summary>The service took it just now.</summary>
        Accepted,
    }

    /// <param name="content">What was sent.</param>
    /// <param name="store">The request that makes the object visible.</param>
    public Task<CommitOutcome> RunAsync(
        StoredContent content, Func<AmazonS3Client, Task> store, CancellationToken cancellationToken)
        => attempts.RunAsync(
            $"store '{key}'",
            async (client, number) =>
            {
                var claim = number > 1 ? Claim.Possible : Claim.None;

                if ((number > 1 || !capabilities.LetsOneCreatorWin)
                    && await bucket.FindAsync(client, key, cancellationToken).ConfigureAwait(false) is { } standing)
                    return await JudgeAsync(client, standing, content, claim, cancellationToken)
                        .ConfigureAwait(false);

                try
                {
                    await store(client).ConfigureAwait(false);
                }
                catch (AmazonS3Exception failure) when (IsDecided(failure))
                {
                    if (await bucket.FindAsync(client, key, cancellationToken).ConfigureAwait(false) is { } winner)
                        return await JudgeAsync(client, winner, content, claim, cancellationToken)
                            .ConfigureAwait(false);

                    throw;
                }

                var found = await bucket.FindAsync(client, key, cancellationToken).ConfigureAwait(false)
                    ?? throw new IOException("it was accepted, and is not there");

                return await JudgeAsync(client, found, content, Claim.Accepted, cancellationToken)
                    .ConfigureAwait(false);
            },
            cancellationToken);

    // The condition failed, or the upload is used up: somebody's object stands there, perhaps our own.
    static bool IsDecided(AmazonS3Exception failure)
        => failure.StatusCode is HttpStatusCode.PreconditionFailed || failure.ErrorCode is "NoSuchUpload"
            || S3Fault.IsAbsence(failure);

    async Task<CommitOutcome> JudgeAsync(
        AmazonS3Client client, FoundObject found, StoredContent content, Claim claim,
        CancellationToken cancellationToken)
    {
        var fits = found.Length == content.Length && found.Tag == content.Tag;

        if (!IsOurs(found, fits, claim))
            return CommitOutcome.AlreadyExists;

        if (fits && !NeedsBytes(content))
            return CommitOutcome.Stored;

        if (found.Length == content.Length
            && await HoldsAsync(client, found, content, cancellationToken).ConfigureAwait(false))
            return CommitOutcome.Stored;

        var removal = found.Mark is null
            ? "and stays, for it may be another's"
            : await RemoveAsync(client, cancellationToken).ConfigureAwait(false);
        throw new StoreException(
            StoreFailure.Damaged, $"store '{address}': '{key}' came out other than it was sent, {removal}");
    }

    // Without a mark (it was listed, or the service drops marks) the checksum says whose it is.
    bool IsOurs(FoundObject found, bool fits, Claim claim)
        => found.Mark is { } writer
            ? writer == mark
            : claim switch
            {
                Claim.Accepted => true,
                Claim.Possible => fits,
                _ => false,
            };

    bool NeedsBytes(StoredContent content) => content.IsJoined && capabilities.ReadBack == ReadBack.JoinedBytes;

    async Task<bool> HoldsAsync(
        AmazonS3Client client, FoundObject found, StoredContent content, CancellationToken cancellationToken)
    {
        try
        {
            return await _proof.HoldsAsync(client, key, found.Tag, content, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode == "AccessDenied")
        {
            throw new StoreException(
                StoreFailure.Denied,
                $"store '{address}': '{key}' can not be proven, for this key may not read",
                failure);
        }
    }

    // Nobody could use it, and its key would look taken.
    async Task<string> RemoveAsync(AmazonS3Client client, CancellationToken cancellationToken)
    {
        try
        {
            await bucket.DeleteAsync(client, key, cancellationToken).ConfigureAwait(false);
            return "and was removed";
        }
        catch (Exception failure) when (S3Fault.IsOf(failure) && !cancellationToken.IsCancellationRequested)
        {
            return $"and can not be removed: {S3Fault.Of(failure).Reason}";
        }
    }
}
