using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;
using TomoBackup.Storage;

namespace TomoBackup.Codecs;

/// <summary>
/// age's X25519 stanza: wraps the file key to one public key (age-encryption.org/v1, "The X25519 recipient type").
/// The curve is BouncyCastle's, because .NET has none before version 11; everything else is the base library's.
/// </summary>
static class AgeX25519
{
    public const string StanzaType = "X25519";
    public const int KeyLength = 32;

    const int TagLength = 16;
    const int BodyLength = AgeHeader.FileKeyLength + TagLength;

    static ReadOnlySpan<byte> Info => "age-encryption.org/v1/X25519"u8;

    public static AgeRecipient RecipientOf(ReadOnlySpan<byte> secret)
    {
        Span<byte> publicKey = stackalloc byte[KeyLength];
        X25519.ScalarMultBase(secret, publicKey);
        return new AgeRecipient(publicKey);
    }

    public static AgeStanza Wrap(AgeRecipient recipient, ReadOnlySpan<byte> fileKey, IEntropy entropy)
    {
        using var ephemeral = AgeIdentity.Generate(entropy);
        using var wrapKey = DeriveWrapKey(ephemeral.Bytes, recipient, ephemeral.Recipient, recipient)
            ?? throw new CodecException(CodecFailure.Invalid, $"age recipient '{recipient}' is no usable public key");

        var body = new byte[BodyLength];
        using var cipher = new ChaCha20Poly1305(wrapKey.Span);
        cipher.Encrypt(ZeroNonce, fileKey, body.AsSpan(..^TagLength), body.AsSpan(^TagLength..));

        var share = new byte[KeyLength];
        ephemeral.Recipient.CopyTo(share);
        return new AgeStanza(StanzaType, [AgeBase64.Encode(share)], body);
    }

    /// <summary>The file key, or null where the stanza is for somebody else.</summary>
    /// <exception cref="CodecException">The stanza keeps no form that age could have written.</exception>
    public static SecretBytes? Unwrap(AgeStanza stanza, AgeIdentity identity)
    {
        Span<byte> share = stackalloc byte[KeyLength];

        // The length of the body is part of the defence against ciphertexts that open under several keys.
        if (stanza.Arguments.Count != 1
            || stanza.Body.Length != BodyLength
            || !AgeBase64.TryDecode(stanza.Arguments[0], share))
            throw new CodecException(CodecFailure.Damaged, "an X25519 stanza of the age file is malformed");

        var ephemeral = new AgeRecipient(share);
        using var wrapKey = DeriveWrapKey(identity.Bytes, ephemeral, ephemeral, identity.Recipient)
            ?? throw new CodecException(CodecFailure.Damaged, "an X25519 stanza of the age file has a bad share");

        var fileKey = new SecretBytes(AgeHeader.FileKeyLength);
        using var cipher = new ChaCha20Poly1305(wrapKey.Span);

        try
        {
            cipher.Decrypt(ZeroNonce, stanza.Body.AsSpan(..^TagLength), stanza.Body.AsSpan(^TagLength..), fileKey.Span);
            return fileKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            fileKey.Dispose();
            return null;
        }
    }

    // Each wrap key is used once, so the nonce is constant.
    static ReadOnlySpan<byte> ZeroNonce => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Null where the shared secret is zero: the other side sent a point of low order.</summary>
    static SecretBytes? DeriveWrapKey(
        ReadOnlySpan<byte> secret, AgeRecipient other, AgeRecipient share, AgeRecipient recipient)
    {
        Span<byte> point = stackalloc byte[KeyLength];
        other.CopyTo(point);
        using var shared = new SecretBytes(KeyLength);

        if (!X25519.CalculateAgreement(secret, point, shared.Span))
            return null;

        Span<byte> salt = stackalloc byte[2 * KeyLength];
        share.CopyTo(salt);
        recipient.CopyTo(salt[KeyLength..]);

        var wrapKey = new SecretBytes(KeyLength);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared.Span, wrapKey.Span, salt, Info);
        return wrapKey;
    }
}
