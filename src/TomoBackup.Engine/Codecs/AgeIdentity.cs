using System.Diagnostics.CodeAnalysis;
using TomoBackup.Storage;

namespace TomoBackup.Codecs;

/// <summary>Who opens an age file: an X25519 secret key, <c>AGE-SECRET-KEY-1…</c>. Zeroed on dispose; its text never
/// shows it.</summary>
public sealed class AgeIdentity : IDisposable
{
    // age writes and takes this text in upper case only.
    const string Prefix = "age-secret-key-";
    const int TextLength = 74;

    readonly SecretBytes _bytes;

    AgeIdentity(SecretBytes bytes)
    {
        _bytes = bytes;
        Recipient = AgeX25519.RecipientOf(bytes.Span);
    }

    /// <summary>The public key that belongs to it.</summary>
    public AgeRecipient Recipient { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>A new random key.</summary>
    public static AgeIdentity Generate(IEntropy entropy)
    {
        var bytes = new SecretBytes(AgeX25519.KeyLength);
        entropy.Fill(bytes.Span);
        return new AgeIdentity(bytes);
    }

    /// <summary>Reads the text that age-keygen writes; <see cref="FormatException"/>, without the text, for anything
    /// else.</summary>
    public static AgeIdentity Parse(ReadOnlySpan<char> text)
        => TryParse(text, out var identity) ? identity : throw new FormatException("not an age secret key");

    /// <summary>Reads the text that age-keygen writes; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out AgeIdentity? identity)
    {
        identity = null;
        Span<char> lower = stackalloc char[TextLength];

        if (text.Length != TextLength || text.ContainsAnyExceptInRange('-', 'Z'))
            return false;

        text.ToLowerInvariant(lower);
        var bytes = new SecretBytes(AgeX25519.KeyLength);
        var parsed = Bech32.TryDecode(Prefix, lower, bytes.Span);
        lower.Clear();

        if (parsed)
            identity = new AgeIdentity(bytes);
        else
            bytes.Dispose();

        return parsed;
    }

    /// <summary>The secret itself, <c>AGE-SECRET-KEY-1…</c>, for an identity file with mode 0600 or an escrow
    /// sheet.</summary>
    public string ExportText() => Bech32.Encode(Prefix, Bytes).ToUpperInvariant();

    /// <inheritdoc/>
    public override string ToString() => "***";

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();
}
