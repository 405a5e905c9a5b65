namespace TomoBackup.Storage;

/// <summary>How a store in a directory makes its files.</summary>
public sealed record LocalStoreOptions
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Permission bits of new directories.</summary>
    public UnixFileMode DirectoryMode { get; init; } = Owner;

    /// <summary>Permission bits of new objects.</summary>
    public UnixFileMode FileMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
