using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace TomoBackup.Storage.S3;

/// <summary>What a failed attempt means.</summary>
/// <param name="Failure">What it is called when no attempt helps.</param>
/// <param name="IsTransient">Another attempt may help.</param>
/// <param name="Reason">A clause for the message.</param>
sealed record S3Fault(StoreFailure Failure, bool IsTransient, string Reason)
{
    const string StorageCap = "cap exceeded"; // Backblaze says so in a 403, with no code of its own

    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? Asked { get; init; }

    public static bool IsOf(Exception failure)
        => failure is AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException
            or OperationCanceledException or (IOException and not StoreException);

    public static S3Fault Of(Exception failure)
        => failure switch
        {
            AmazonServiceException answer when answer.StatusCode != 0 => OfAnswer(answer),
            TransferDamageException damage => new(StoreFailure.Damaged, IsTransient: true, damage.Message),
            _ when Cause<AuthenticationException>(failure) is { } refused
                => new(StoreFailure.Unreachable, IsTransient: false, $"no trusted connection: {Text(refused)}"),
            OperationCanceledException => new(StoreFailure.Unreachable, IsTransient: true, "no connection in time"),
            _ => new(StoreFailure.Unreachable, IsTransient: true, Text(failure)),
        };

    static S3Fault OfAnswer(AmazonServiceException answer)
        => KindOf(answer) with
        {
            Reason = Reasoned(answer),
            Asked = Header(answer, "Retry-After") is { } asked
                && int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                    ? TimeSpan.FromSeconds(seconds)
                    : null,
        };

    static S3Fault KindOf(AmazonServiceException answer)
        => (answer.ErrorCode, (int)answer.StatusCode) switch
        {
            ("NoSuchBucket" or "PermanentRedirect", _) => Final(StoreFailure.Missing),
            ("NoSuchKey", _) => Final(StoreFailure.Damaged),
            ("BadDigest" or "XAmzContentSHA256Mismatch" or "IncompleteBody", _) => Passing(StoreFailure.Damaged),
            ("QuotaExceeded" or "XMinioStorageFull" or "StorageFull" or "EntityTooLarge", _) or (_, 507)
                => Final(StoreFailure.Full),
            ("RequestTimeTooSkewed" or "RequestTimeout" or "OperationAborted" or "ConditionalRequestConflict"
                or "PreconditionFailed", _) => Passing(),
            // Swept, or joined: the object has to be written again from its beginning.
            ("NoSuchUpload", _) => Final(StoreFailure.Unreachable),
            ("SlowDown", _) or (_, 429 or 408) => Passing(),
            ("NotImplemented", _) or (_, 501) => Final(StoreFailure.Denied),
            (_, 401 or 403) when Says(answer, StorageCap) => Final(StoreFailure.Full),
            (_, >= 500 or 404 or < 300) => Passing(),
            _ => Final(StoreFailure.Denied),
        };

    /// <summary>A header of the answer that a failure came with.</summary>
    public static string? Header(Exception failure, string name)
        => failure.InnerException is HttpErrorResponseException { Response: { } response }
            && response.IsHeaderPresent(name)
                ? response.GetHeaderValue(name)
                : null;

    /// <summary>True where the server said that there is no such object. A 404 without that word may come from
    /// anybody on the way.</summary>
    public static bool IsAbsence(AmazonServiceException answer)
        => answer is { StatusCode: HttpStatusCode.NotFound, ErrorCode: "NoSuchKey" };

    static string Reasoned(AmazonServiceException answer)
        => $"{(int)answer.StatusCode} {answer.ErrorCode}: {Text(answer)}"
            + (answer.ErrorCode == "RequestTimeTooSkewed" && Header(answer, "Date") is { } theirs
                ? $" (its clock shows {theirs})"
                : "");

    static string Text(Exception failure) => failure.Message.TrimEnd('.', '\n', ' ');

    static bool Says(AmazonServiceException answer, string words)
        => answer.Message.Contains(words, StringComparison.OrdinalIgnoreCase);

    static S3Fault Final(StoreFailure failure) => new(failure, IsTransient: false, "");

    static S3Fault Passing(StoreFailure failure = StoreFailure.Unreachable) => new(failure, IsTransient: true, "");

    static T? Cause<T>(Exception failure)
        where T : Exception
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException!)
            if (cause is T found)
                return found;

        return null;
    }
}
