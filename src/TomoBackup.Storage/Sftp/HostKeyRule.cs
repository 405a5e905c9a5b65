using System.Text;
using Renci.SshNet;

namespace TomoBackup.Storage.Sftp;

/// <summary>Decides whether the server that answers is the one that is meant. A key that nobody vouched for is
/// refused, with its fingerprint, so that a person can compare it; nothing is ever learned on the way.</summary>
sealed class HostKeyRule
{
    const int MaxFileBytes = 16 << 20;
    const string CertificateSuffix = "-cert-v01@openssh.com";

    readonly string _host;
    readonly string? _file;
    readonly KnownHosts? _known;
    readonly IReadOnlyList<string> _pinned;

    HostKeyRule(string host, string? file, KnownHosts? known, IReadOnlyList<string> pinned)
        => (_host, _file, _known, _pinned) = (host, file, known, pinned);

    public static HostKeyRule Read(IFileSystem files, SshServer server, SftpStoreOptions options)
    {
        if (options.HostKeyFingerprints.Count > 0)
            return new HostKeyRule(
                server.Host, null, null, [.. options.HostKeyFingerprints.Select(pin => pin.TrimEnd('='))]);

        var file = options.KnownHostsFile
            ?? throw new IOException(
                "no host key is known: name 'known_hosts' (--known-hosts) or 'host_key' (--host-key)");
        var bytes = files.ReadAll(file, MaxFileBytes)
            ?? throw new FileNotFoundException($"there is no file of known hosts '{file}'");

        return new HostKeyRule(server.Host, file, KnownHosts.Read(Encoding.UTF8.GetString(bytes), server), []);
    }

    /// <summary>Asks for a key of a type that we know, as ssh(1) does: the server has several, and would else show
    /// one that was never written down. Certificates are not asked for.</summary>
    public void Narrow(ConnectionInfo connection)
    {
        var offered = connection.HostKeyAlgorithms;
        var known = _known is { Types.Count: > 0 } hosts ? hosts.Types : null;

        foreach (var name in offered.Keys.ToList())
            if (name.EndsWith(CertificateSuffix, StringComparison.Ordinal)
                || name is "ssh-dss"
                || (known is not null && !known.Contains(TypeOf(name))))
                offered.Remove(name);
    }

    /// <summary>Why the last key was refused; null where it was the server's own.</summary>
    public string? Refusal { get; private set; }

    /// <summary>True where the key is the server's own.</summary>
    public bool Accepts(byte[] key)
    {
        Refusal = ObjectionTo(key);
        return Refusal is null;
    }

    string? ObjectionTo(byte[] key)
    {
        var shown = $"host key {SshWire.TypeOf(key)} {SshWire.FingerprintOf(key)} of '{_host}'";

        if (_known is null)
            return _pinned.Contains(SshWire.FingerprintOf(key))
                ? null
                : $"{shown} is not the pinned one: another server answers, or its key was replaced";

        if (_known.IsTrusted(key))
            return null;

        if (_known.IsRevoked(key))
            return $"{shown} is revoked in '{_file}'";

        return _known.Fingerprints is { Count: > 0 } expected
            ? $"{shown} is not the one in '{_file}' ({string.Join(", ", expected)}): another server answers, "
                + "or its key was replaced"
            : $"{shown} is not in '{_file}': compare it with the server's own, then add it there";
    }

    // RFC 8332 §3.3: the two newer signature algorithms use keys of type ssh-rsa.
    static string TypeOf(string algorithm) => algorithm is "rsa-sha2-256" or "rsa-sha2-512" ? "ssh-rsa" : algorithm;
}
