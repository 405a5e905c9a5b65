using TomoBackup.Policies;
using TomoBackup.Policies.Review;

namespace TomoBackup.Cli.Output;

/// <summary>What <c>policy check</c> has to tell.</summary>
/// <param name="Path">Path of the policy file.</param>
/// <param name="Policy">What stands in it.</param>
/// <param name="Places">Where it stands.</param>
/// <param name="Review">What is to be said about it.</param>
/// <param name="IsLive">True where servers, repositories and this host were looked at.</param>
/// <param name="IsStrict">True where remarks count as warnings.</param>
sealed record PolicyCheckReport(
    string Path, BackupPolicy Policy, PolicyPlaces Places, PolicyReview Review, bool IsLive, bool IsStrict)
{
    /// <summary><c>simple</c> or <c>sealed</c>.</summary>
    public string Mode => Policy.Encryption.IdentityFile is null ? "sealed" : "simple";

    /// <summary>How the command ends.</summary>
    public ErrorCode Result
        => Review.Count(ReviewSeverity.Error) > 0 ? ErrorCode.Policy
            : Review.Count(ReviewSeverity.Warning) > 0 ? ErrorCode.Warnings
            : IsStrict && Review.Findings.Count > 0 ? ErrorCode.Warnings
            : ErrorCode.Ok;
}
