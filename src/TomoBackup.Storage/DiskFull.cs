namespace TomoBackup.Storage;

/// <summary>Tells a full disk from other failures: it alone is cured by making room.</summary>
public static class DiskFull
{
    extension(IOException failure)
    {
        /// <summary>True where no room was left on the file system, or in the user's quota.</summary>
        public bool IsDiskFull => failure is StoreException store
            ? store.Failure == StoreFailure.Full
            : failure.HResult is Errno.NoSpace or Errno.QuotaExceeded;
    }
}
