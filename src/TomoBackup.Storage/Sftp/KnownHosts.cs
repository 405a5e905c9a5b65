using System.Security.Cryptography;
using System.Text;

namespace TomoBackup.Storage.Sftp;

/// <summary>What a file of host keys says about one server (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).</summary>
sealed class KnownHosts
{
    const string Revoked = "@revoked";

    readonly List<byte[]> _trusted = [];
    readonly List<byte[]> _revoked = [];

    /// <summary>Types of the keys that are known of the server, such as <c>ssh-ed25519</c>.</summary>
    public IReadOnlyList<string> Types => [.. _trusted.Select(SshWire.TypeOf).Distinct()];

    /// <summary>Fingerprints of these keys.</summary>
    public IReadOnlyList<string> Fingerprints => [.. _trusted.Select(SshWire.FingerprintOf)];

    public static KnownHosts Read(string text, SshServer server)
    {
        var known = new KnownHosts();
        var name = server.Port == SshServer.UsualPort ? server.Host : $"[{server.Host}]:{server.Port}";

        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            known.Add(line, name);

        return known;
    }

    public bool IsTrusted(ReadOnlySpan<byte> key) => Holds(_trusted, key) && !IsRevoked(key);

    public bool IsRevoked(ReadOnlySpan<byte> key) => Holds(_revoked, key);

    void Add(string line, string name)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var marker = words[0].StartsWith('@') ? words[0] : null;
        var rest = marker is null ? words : words[1..];

        if (line[0] == '#' || marker is not (null or Revoked) || rest.Length < 3 || !IsMeant(rest[0], name))
            return;

        var key = new byte[rest[2].Length];

        if (Convert.TryFromBase64String(rest[2], key, out var length) && SshWire.TypeOf(key[..length]) == rest[1])
            (marker is null ? _trusted : _revoked).Add(key[..length]);
    }

    static bool IsMeant(string patterns, string name)
        => patterns.StartsWith("|1|", StringComparison.Ordinal)
            ? IsHashOf(patterns, name)
            : IsMeant(patterns.Split(','), name);

    static bool IsMeant(string[] patterns, string name)
        => patterns.Any(pattern => Matches(pattern, name))
            && !patterns.Any(pattern => pattern.StartsWith('!') && Matches(pattern[1..], name));

    static bool Matches(string pattern, string name)
        => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);

#pragma warning disable CA5350 // the file's format hides names under HMAC-SHA1; keys are compared byte for byte
    static bool IsHashOf(string text, string name)
    {
        try
        {
            return text.Split('|') is [_, _, var salt, var hash]
                && HMACSHA1.HashData(Convert.FromBase64String(salt), Encoding.UTF8.GetBytes(name))
                    .AsSpan().SequenceEqual(Convert.FromBase64String(hash));
        }
        catch (FormatException)
        {
            return false;
        }
    }
#pragma warning restore CA5350 // as above

    static bool Holds(List<byte[]> keys, ReadOnlySpan<byte> key)
    {
        foreach (var one in keys)
            if (key.SequenceEqual(one))
                return true;

        return false;
    }
}
