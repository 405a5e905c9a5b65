namespace TomoBackup.Storage;

/// <summary>Why a store could not do what was asked.</summary>
public enum StoreFailure
{
    /// <summary>No answer, or a passing fault: the same call may succeed later.</summary>
    Unreachable,

    /// <summary>The store answered that this identity may not.</summary>
    Denied,

    /// <summary>No room left.</summary>
    Full,

    /// <summary>The bytes that came back are not what the store promised (short, changed under us).</summary>
    Damaged,

    /// <summary>The place itself (directory, bucket) does not exist. It is never created on the way.</summary>
    Missing,
}

/// <summary>A store failed. The message names store and object, in lower case and without a full stop.</summary>
public sealed class StoreException(StoreFailure failure, string message, Exception? cause = null)
    : IOException(message, cause)
{
    /// <summary>The kind of failure, by which callers decide.</summary>
    public StoreFailure Failure { get; } = failure;

    /// <summary>True where trying again may help.</summary>
    public bool IsTransient => Failure == StoreFailure.Unreachable;
}
