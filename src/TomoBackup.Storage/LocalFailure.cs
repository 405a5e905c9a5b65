namespace TomoBackup.Storage;

/// <summary>Turns failures of files into failures of a store, which callers decide by.</summary>
static class LocalFailure
{
    public static bool IsOf(Exception failure)
        => failure is (IOException and not StoreException) or UnauthorizedAccessException;

    public static StoreException In(string address, Exception cause)
        => new(KindOf(cause), $"store '{address}': {cause.Message}", cause);

    public static T Guard<T>(string address, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (IsOf(failure))
        {
            throw In(address, failure);
        }
    }

    static StoreFailure KindOf(Exception cause)
        => cause switch
        {
            UnauthorizedAccessException => StoreFailure.Denied,
            IOException { IsDiskFull: true } => StoreFailure.Full,
            _ => KindOf(cause.HResult),
        };

    // A failing disk or network mount (EIO, ESTALE, ETIMEDOUT, EMFILE …) may pass: a second attempt writes a new
    // file, which is the one right answer to a failed fsync. What the directory holds wrongly will not pass.
    static StoreFailure KindOf(int error)
        => error switch
        {
            Errno.ReadOnly => StoreFailure.Denied,
            Errno.TooLarge => StoreFailure.Full,
            Errno.NotDirectory or Errno.IsDirectory or Errno.TooManyLinks or Errno.Exists or Errno.OtherDevice
                or Errno.NameTooLong or Errno.Invalid or Errno.BadMessage or Errno.NeedsCleaning
                => StoreFailure.Damaged,
            _ => StoreFailure.Unreachable,
        };
}
