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

    enum Verdict
    {
        Ours,
        Others,

        /// <summary>Not what we sent, and by its mark nobody else's.</summary>
        OursDamaged,

        /// <summary>Not what we sent; whose it is nobody says.</summary>
        Damaged,
    }

    /// <param name="content">What was sent.</param>
    /// <param name="store">The request that makes the object visible.</param>
    public async Task<CommitOutcome> RunAsync(
        StoredContent content, Func<AmazonS3Client, Task> store, CancellationToken cancellationToken)
        => await attempts.RunAsync(
            $"store '{key}'",
            (client, number) => TryAsync(client, number, content, store, cancellationToken),
            cancellationToken).ConfigureAwait(false) switch
        {
            Verdict.Ours => CommitOutcome.Stored,
            Verdict.Others => CommitOutcome.AlreadyExists,
            var damaged => throw await DamageAsync(damaged, cancellationToken).ConfigureAwait(false),
        };

    async Task<Verdict> TryAsync(
        AmazonS3Client client, int number, StoredContent content, Func<AmazonS3Client, Task> store,
        CancellationToken cancellationToken)
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
    }

    // The condition failed, or the upload is used up: somebody's object stands there, perhaps our own.
    static bool IsDecided(AmazonS3Exception failure)
        => failure.StatusCode is HttpStatusCode.PreconditionFailed || failure.ErrorCode is "NoSuchUpload"
            || S3Fault.IsAbsence(failure);

    async Task<Verdict> JudgeAsync(
        AmazonS3Client client, FoundObject found, StoredContent content, Claim claim,
        CancellationToken cancellationToken)
    {
        var fits = found.Length == content.Length && found.Tag == content.Tag;

        if (!IsOurs(found, fits, claim))
            return Verdict.Others;

        if (fits && !NeedsBytes(content))
            return Verdict.Ours;

        if (found.Length == content.Length
            && await HoldsAsync(client, found, content, cancellationToken).ConfigureAwait(false))
            return Verdict.Ours;

        return found.Mark is null ? Verdict.Damaged : Verdict.OursDamaged;
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
            return await _proof.HoldsAsync(client, key, found, content, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode == "AccessDenied")
        {
            throw new StoreException(
                StoreFailure.Denied,
                $"store '{address}': '{key}' can not be proven, for this key may not read",
                failure);
        }
    }

    async Task<StoreException> DamageAsync(Verdict verdict, CancellationToken cancellationToken)
        => new(
            StoreFailure.Damaged,
            $"store '{address}': '{key}' came out other than it was sent, "
            + (verdict is Verdict.OursDamaged
                ? await RemoveAsync(cancellationToken).ConfigureAwait(false)
                : "and stays, for it may be another's"));

    // Nobody could use it, and its key would look taken.
    async Task<string> RemoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await attempts.RunAsync(
                $"remove '{key}'",
                client => bucket.DeleteAsync(client, key, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            return "and was removed";
        }
        catch (StoreException failure)
        {
            return $"and stays: {failure.Message}";
        }
    }
}
