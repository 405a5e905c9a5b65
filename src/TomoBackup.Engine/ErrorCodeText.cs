namespace TomoBackup;

/// <summary>What an exit code says to a person; help and <c>docs/operate/exit-codes.md</c> print these
/// sentences.</summary>
public static class ErrorCodeText
{
    extension(ErrorCode code)
    {
        /// <summary>One sentence, lower case, without a full stop.</summary>
        public string Meaning => code switch
        {
            ErrorCode.Ok => "done",
            ErrorCode.Defect => "unexpected fault: a defect of tomo-backup, with its stack on stderr",
            ErrorCode.Warnings => "done, with something to look at",
            ErrorCode.Damaged => "damaged pages in the source (stored as damaged), or damage that verify found",
            ErrorCode.RepositoryMissing => "no repository where the policy says",
            ErrorCode.Locked => "another tomo-backup process holds the lock",
            ErrorCode.KeyMissingOrWrong => "a key is missing, unreadable or the wrong one",
            ErrorCode.RepositoryDamaged => "an object of the repository is missing, altered or unreadable",
            ErrorCode.WalConflict => "two contents claim one WAL segment",
            ErrorCode.NotFound => "no such backup or cluster",
            ErrorCode.TargetUnreachable => "the chosen restore point cannot be reached",
            ErrorCode.Refused => "refused as unsafe: directory not empty, in use or of another cluster",
            ErrorCode.RecoveryFailed => "files were restored, but PostgreSQL did not recover to the target",
            ErrorCode.OutOfDate => "a rendered policy is not what the policy says now",
            ErrorCode.Usage => "wrong command line",
            ErrorCode.Unavailable => "a server or store does not answer",
            ErrorCode.CannotWrite => "cannot write: disk full or no permission",
            ErrorCode.TryAgain => "passing fault or interrupted push: try again",
            ErrorCode.Policy => "the policy file is missing or wrong",
            ErrorCode.Interrupted => "stopped by SIGINT",
            ErrorCode.Terminated => "stopped by SIGTERM",
            _ => throw new InvalidOperationException($"{code:D} is not an exit code of tomo-backup"),
        };
    }
}
