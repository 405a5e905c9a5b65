using System.Security.Authentication;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>The one switch from failures of the three walls to exit codes.</summary>
public static class Failures
{
    /// <summary>The failure as we tell it; null for a defect.</summary>
    public static TomoBackupException? Understand(Exception failure)
        => failure switch
        {
            TomoBackupException understood => understood,
            StoreException store => TomoBackupException.Create(
                CodeOf(store.Failure), store.Message, HintOf(store), store),
            PostgresServerException server => TomoBackupException.Create(
                server.IsTransient ? ErrorCode.Unavailable : ErrorCode.Refused,
                server.Message, HintOf(server.Failure), server),
            CodecException codec => TomoBackupException.Create(CodeOf(codec.Failure), codec.Message, cause: codec),
            PostgresFormatException format => TomoBackupException.Create(
                ErrorCode.Damaged, format.Message, cause: format),
            ProcessStartException start => TomoBackupException.Create(
                ErrorCode.Unavailable, start.Message, cause: start),
            IOException { IsDiskFull: true } => TomoBackupException.Create(
                ErrorCode.CannotWrite, failure.Message, HintOf(StoreFailure.Full), failure),
            UnauthorizedAccessException or IOException => TomoBackupException.Create(
                ErrorCode.CannotWrite, failure.Message, cause: failure),
            _ => null,
        };

    static ErrorCode CodeOf(StoreFailure failure)
        => failure switch
        {
            StoreFailure.Unreachable => ErrorCode.Unavailable,
            StoreFailure.Damaged => ErrorCode.RepositoryDamaged,
            StoreFailure.Missing => ErrorCode.RepositoryMissing,
            _ => ErrorCode.CannotWrite,
        };

    static ErrorCode CodeOf(CodecFailure failure)
        => failure switch
        {
            CodecFailure.WrongKey or CodecFailure.NoIdentity => ErrorCode.KeyMissingOrWrong,
            _ => ErrorCode.RepositoryDamaged,
        };

    static string? HintOf(StoreException store)
        => IsDistrust(store)
            ? "Where its certificate is of an authority of your own, name that in 'ca_file' (--ca-file)."
            : HintOf(store.Failure);

    static bool IsDistrust(Exception? failure)
        => failure is AuthenticationException || (failure is not null && IsDistrust(failure.InnerException));

    static string? HintOf(StoreFailure failure)
        => failure switch
        {
            StoreFailure.Missing => "Mount or make the place, or run 'tomo-backup init' for a new repository.",
            StoreFailure.Full => "Make room there. Nothing that was stored before is touched.",
            _ => null,
        };

    static string? HintOf(ServerFailure failure)
        => failure switch
        {
            ServerFailure.Unreachable => "Is the server running, and does the policy's 'connection' lead to it?",
            ServerFailure.Denied => "Run 'tomo-backup setup' to see the grants that the role needs.",
            _ => null,
        };
}
