namespace TomoBackup.Storage.S3;

/// <summary>How firmly a lock holds.</summary>
public enum S3LockMode
{
    /// <summary>Identities with a special right may lift it.</summary>
    Governance,

    /// <summary>Nobody may lift it, the owner of the account included.</summary>
    Compliance,
}

/// <summary>Objects are locked as they are stored: until then no identity (or only a special one) can remove that
/// version. The bucket must have been made with locks enabled.</summary>
/// <param name="Mode">How firmly.</param>
/// <param name="Until">The end of the lock of one object, given the service's time; null for an object that is not
/// locked.</param>
public sealed record S3ObjectLock(S3LockMode Mode, Func<ObjectKey, DateTimeOffset, DateTimeOffset?> Until);
