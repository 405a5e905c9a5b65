namespace TomoBackup.Storage.Rclone;

/// <summary>Which rclone to use, and how long to wait for it. Credentials are in rclone's own configuration.</summary>
public sealed record RcloneStoreOptions
{
    /// <summary>Absolute path, or a name that is looked up in PATH.</summary>
    public string Program { get; init; } = "rclone";

    /// <summary>Absolute path of rclone.conf; null for the one that rclone finds itself (RCLONE_CONFIG, or the home of
    /// the user). An encrypted one needs RCLONE_PASSWORD_COMMAND, for nobody is asked.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Absolute path of an existing directory with room for the objects that are being written, short enough
    /// for a socket's path; null for the system's place for temporary files.</summary>
    public string? WorkDirectory { get; init; }

    /// <summary>Longest time from rclone's start to its first answer.</summary>
    public TimeSpan StartTimeout
    {
        get;
        init => field = Positive(value);
    } = TimeSpan.FromSeconds(20);

    /// <summary>Longest time without a byte of progress in a transfer; also handed to rclone as <c>--timeout</c>. A
    /// request that moves no object may take three times as long, because rclone tries it again, and a listing
    /// thirty times.</summary>
    public TimeSpan NoProgressTimeout
    {
        get;
        init => field = Positive(value);
    } = TimeSpan.FromMinutes(2);

    static TimeSpan Positive(TimeSpan value)
        => value > TimeSpan.Zero && value < TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "must be more than nothing and under a day");
}
