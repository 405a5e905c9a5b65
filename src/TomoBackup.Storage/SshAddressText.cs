using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TomoBackup.Storage;

/// <summary>Reads what follows <c>sftp://</c>: <c>user@host:port/path</c>.</summary>
static class SshAddressText
{
    const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    static readonly SearchValues<char> UserLetters = SearchValues.Create(Letters + "._-+");
    static readonly SearchValues<char> HostLetters = SearchValues.Create(Letters + ".-");

    public static (StoreAddress? Address, string? Error) Read(string written)
    {
        var slash = written.IndexOf('/', StringComparison.Ordinal);
        var place = slash < 0 ? written : written[..slash];
        var at = place.LastIndexOf('@');

        if (at >= 0 && place[..at].Contains(':', StringComparison.Ordinal))
            return (null, "an sftp address holds a password: a key file or an agent speaks for the user, never it");

        if (at < 1 || !IsUser(place[..at]) || ReadHost(place[(at + 1)..]) is not var (host, port))
            return (null, "an sftp address must name user, host and an absolute path: 'sftp://user@host:port/path'");

        var segments = slash < 0 ? [] : written[slash..].Split('/', StringSplitOptions.RemoveEmptyEntries);

        if (segments.Length is 0)
            return (null, "an sftp address must name a folder of the server: 'sftp://user@host:port/path'");

        return StoreAddressText.IsPath(written[slash..], segments)
            ? (new StoreAddress(new SshServer(place[..at], host, port), '/' + string.Join('/', segments)), null)
            : (null,
                "the path of an sftp address must not hold '%', '?', '#', '.' or '..' as a part: write it plainly");
    }

    static bool IsUser(string text) => text[0] != '-' && !text.AsSpan().ContainsAnyExcept(UserLetters);

    static (string Host, int Port)? ReadHost(string text)
    {
        var end = text.LastIndexOf(':');
        var isWithoutPort = end < 0 || text.EndsWith(']');
        var host = isWithoutPort ? text : text[..end];

        if (!TryReadPort(isWithoutPort ? null : text[(end + 1)..], out var port))
            return null;

        if (host is ['[', .. var address, ']'])
            return IPAddress.TryParse(address, out var read) && read.AddressFamily == AddressFamily.InterNetworkV6
                ? (address, port)
                : null;

        return host.Length is > 0 and <= 255 && host[0] != '-' && !host.AsSpan().ContainsAnyExcept(HostLetters)
            ? (host, port)
            : null;
    }

    static bool TryReadPort(string? text, out int port)
    {
        port = SshServer.UsualPort;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is > 0 and < 65536);
    }
}
