using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>Keys given on the command line.</summary>
public sealed record KeyOptions
{
    /// <summary>Files with recovery identities, absolute; besides the policy's.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>Fingerprints of signing keys that the person has compared himself.</summary>
    public IReadOnlyList<string> SigningKeys { get; init; } = [];
}

/// <summary>Recovery identities at hand, and the signing keys that are trusted.</summary>
sealed class Secrets : IDisposable
{
    const int MaxFileBytes = 1 << 20;

    readonly List<IdentityFile> _files = [];

    Secrets(IReadOnlySet<Fingerprint> trusted) => Trust = new SignerTrust(trusted);

    /// <summary>None in sealed mode.</summary>
    public IReadOnlyList<AgeIdentity> Identities => [.. _files.SelectMany(f => f.Identities)];

    /// <summary>Whose signatures are believed.</summary>
    public SignerTrust Trust { get; }

    /// <summary>Reads identity files; the policy's may be missing (it is kept elsewhere then), a named one may
    /// not.</summary>
    public static Secrets Read(IFileSystem files, HostState state, string? policyFile, KeyOptions options)
    {
        var trusted = new HashSet<Fingerprint>();
        var secrets = new Secrets(trusted);

        using (var signer = state.TryReadSigningKey())
            if (signer is not null)
                trusted.Add(signer.Fingerprint);

        foreach (var text in options.SigningKeys)
            trusted.Add(Fingerprint.TryParse(text, out var fingerprint)
                ? fingerprint
                : throw TomoBackupException.Create(
                    ErrorCode.Usage, $"'{text}' is not a fingerprint of a signing key", hint: "It has 64 hex digits."));

        foreach (var path in options.IdentityFiles)
            secrets.Add(Read(files, path) ?? throw Missing(path), trusted);

        if (policyFile is not null && !options.IdentityFiles.Contains(policyFile) && Read(files, policyFile) is { } own)
            secrets.Add(own, trusted);

        return secrets;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    void Add(IdentityFile file, HashSet<Fingerprint> trusted)
    {
        _files.Add(file);
        trusted.UnionWith(file.SigningKeys);
    }

    static IdentityFile? Read(IFileSystem files, string path)
    {
        if (files.Stat(path) is not { } facts)
            return null;

        if (facts.IsOpenToOthers)
            throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"identity file '{path}' can be read by others than its owner",
                hint: $"Run 'chmod 600 {path}'.");

        var bytes = files.ReadAll(path, MaxFileBytes) ?? throw Missing(path);

        try
        {
            return IdentityFile.Parse(System.Text.Encoding.UTF8.GetString(bytes));
        }
        catch (CodecException e)
        {
            throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong, $"identity file '{path}' cannot be used: {e.Message}",
                hint: "It holds lines that begin with AGE-SECRET-KEY-1, and comments.");
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        }
    }

    static TomoBackupException Missing(string path)
        => TomoBackupException.Create(
            ErrorCode.KeyMissingOrWrong, $"there is no identity file '{path}'",
            hint: "Give the file of the recovery key or of the escrow key with '--identity FILE'.");
}
