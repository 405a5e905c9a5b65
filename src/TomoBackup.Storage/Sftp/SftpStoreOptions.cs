namespace TomoBackup.Storage.Sftp;

/// <summary>How an SSH server is recognised, who we are there, and how long we wait for it. Nothing here is a
/// secret.</summary>
public sealed record SftpStoreOptions
{
    /// <summary>Absolute path of host keys as ssh(1) keeps them, hashed names too; null where fingerprints alone
    /// decide. Lines of certificate authorities are passed over.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>Fingerprints as <c>ssh-keygen -l</c> prints them (<c>SHA256:…</c>). Where there are any, they alone
    /// decide, and the file is not read.</summary>
    public IReadOnlyList<string> HostKeyFingerprints { get; init; } = [];

    /// <summary>Absolute path of a private key without a passphrase, readable by its owner alone; null to ask the
    /// agent.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Absolute path of an ssh-agent's socket, asked where no identity file is named. It offers all of its
    /// keys, and servers refuse after the sixth.</summary>
    public string? AgentSocket { get; init; }

    /// <summary>Longest time from the first packet to the end of the login.</summary>
    public TimeSpan ConnectTimeout
    {
        get;
        init => field = Positive(value);
    } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time without an answer to a request, or without room for the next bytes. A connection that
    /// stalls for so long is given up.</summary>
    public TimeSpan NoProgressTimeout
    {
        get;
        init => field = Positive(value);
    } = TimeSpan.FromSeconds(60);

    static TimeSpan Positive(TimeSpan value)
        => value > TimeSpan.Zero && value < TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "must be more than nothing and under a day");
}
