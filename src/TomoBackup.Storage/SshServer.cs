using System.Globalization;

namespace TomoBackup.Storage;

/// <summary>An SSH server and the user to be there.</summary>
/// <param name="User">Login name.</param>
/// <param name="Host">Name or address; an IPv6 address without its brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record SshServer(string User, string Host, int Port)
{
    /// <summary>Where sshd listens unless told otherwise.</summary>
    public const int UsualPort = 22;

    /// <inheritdoc/>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        var port = Port == UsualPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{Port}");
        return $"{User}@{host}{port}";
    }
}
