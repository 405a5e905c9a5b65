using TomoBackup.Storage;

namespace TomoBackup.Codecs;

/// <summary>
/// Files in the format age v1 (https://age-encryption.org/v1) to X25519 recipients, whole and in memory: they hold
/// keys, and the age program opens them when ours is not there. age knows no sender: that a file decrypts says nothing
/// about who wrote it.
/// </summary>
public static class AgeFile
{
    const string ScryptStanza = "scrypt";

    /// <summary>Encrypts to all of the recipients: each of them alone can open it.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> plain, IReadOnlyList<AgeRecipient> recipients, IEntropy entropy)
    {
        ArgumentOutOfRangeException.ThrowIfZero(recipients.Count, nameof(recipients));

        using var fileKey = new SecretBytes(AgeHeader.FileKeyLength);
        entropy.Fill(fileKey.Span);

        var stanzas = new List<AgeStanza>(recipients.Count);

        foreach (var recipient in recipients)
            stanzas.Add(AgeX25519.Wrap(recipient, fileKey.Span, entropy));

        var header = AgeHeader.Write(stanzas, fileKey.Span);
        var file = new byte[header.Length + AgePayload.NonceLength + AgePayload.LengthFor(plain.Length)];
        header.CopyTo(file, 0);

        var nonce = file.AsSpan(header.Length, AgePayload.NonceLength);
        entropy.Fill(nonce);
        AgePayload.Encrypt(fileKey.Span, nonce, plain, file.AsSpan(header.Length + nonce.Length));
        return file;
    }

    /// <summary>The content, whole and authentic; the caller zeroes it when it is secret. Stanzas of types that we do
    /// not know are passed over.</summary>
    /// <exception cref="CodecException"><see cref="CodecFailure.NoIdentity"/> where the file is for others,
    /// <see cref="CodecFailure.Damaged"/>, or <see cref="CodecFailure.Foreign"/> where it is no age file.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> file, IReadOnlyList<AgeIdentity> identities)
    {
        var header = AgeHeader.Parse(file);
        using var fileKey = Unwrap(header, identities);
        header.Verify(fileKey.Span);

        var payload = file[header.Length..];

        return payload.Length >= AgePayload.NonceLength
            ? AgePayload.Decrypt(fileKey.Span, payload[..AgePayload.NonceLength], payload[AgePayload.NonceLength..])
            : throw new CodecException(CodecFailure.Damaged, "the age file is cut off behind its header");
    }

    static SecretBytes Unwrap(AgeHeader header, IReadOnlyList<AgeIdentity> identities)
    {
        // A passphrase stands alone, or whoever knows it could have added it to a file of others.
        if (header.Stanzas.Count > 1 && header.Stanzas.Any(stanza => stanza.Type == ScryptStanza))
            throw new CodecException(CodecFailure.Damaged, "the age file mixes a passphrase with other recipients");

        return header.Stanzas
            .Where(stanza => stanza.Type == AgeX25519.StanzaType)
            .SelectMany(stanza => identities.Select(identity => AgeX25519.Unwrap(stanza, identity)))
            .FirstOrDefault(fileKey => fileKey is not null)
            ?? throw new CodecException(
                CodecFailure.NoIdentity, $"none of {identities.Count} identities opens the age file");
    }
}
