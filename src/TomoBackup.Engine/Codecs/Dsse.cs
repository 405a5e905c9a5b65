using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TomoBackup.Codecs;

/// <summary>
/// Signed documents (format §3): DSSE envelopes, https://github.com/secure-systems-lab/dsse. The signature covers the
/// type, so that no document can stand in for one of another type.
/// </summary>
public static class Dsse
{
    // Without it '+' in base64 and in the media type would be written as \u002B: right, but nobody could read it.
    static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Signs a payload; gives the envelope's bytes.</summary>
    public static byte[] Sign(DocumentType type, ReadOnlySpan<byte> payload, SigningKey key)
    {
        var signature = key.Sign(PreAuthentication(type.PayloadType, payload));
        var bytes = new ArrayBufferWriter<byte>();

        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            json.WriteString("payloadType"u8, type.PayloadType);
            json.WriteBase64String("payload"u8, payload);
            json.WriteStartArray("signatures"u8);
            json.WriteStartObject();
            json.WriteString("keyid"u8, key.Fingerprint.ToString());
            json.WriteBase64String("sig"u8, signature);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The payload, proven to be signed with the trusted key as a document of this type. Of several signatures
    /// one that proves it is enough.</summary>
    /// <exception cref="CodecException"><see cref="CodecFailure.Foreign"/> for another type,
    /// <see cref="CodecFailure.WrongKey"/> where the trusted key did not sign it,
    /// <see cref="CodecFailure.Damaged"/> where its signature does not match.</exception>
    public static byte[] Open(ReadOnlySpan<byte> envelope, DocumentType expected, VerifyingKey trusted)
    {
        var parsed = Parse(envelope, expected);
        var signed = PreAuthentication(parsed.PayloadType, parsed.Payload);
        var keyId = trusted.Fingerprint.ToString();
        var ours = parsed.Signatures.Where(signature => signature.KeyId == keyId).ToList();

        if (ours.Count == 0)
            throw new CodecException(
                CodecFailure.WrongKey, $"signed document of type '{parsed.PayloadType}' is not signed by {trusted}");

        return ours.Exists(signature => trusted.Verify(signed, signature.Signature))
            ? parsed.Payload
            : throw new CodecException(
                CodecFailure.Damaged, $"signature of a document of type '{parsed.PayloadType}' does not match");
    }

    /// <summary>The payload, proven by nothing: only to find the signer in a lineage's first record, whose fingerprint
    /// is then compared with a trusted one before <see cref="Open"/>.</summary>
    /// <exception cref="CodecException">Another type, or no envelope.</exception>
    public static byte[] ReadUnverified(ReadOnlySpan<byte> envelope, DocumentType expected)
        => Parse(envelope, expected).Payload;

    /// <summary>What is signed: DSSE's pre-authentication encoding.</summary>
    internal static byte[] PreAuthentication(string payloadType, ReadOnlySpan<byte> payload)
    {
        var typeLength = Encoding.UTF8.GetByteCount(payloadType);
        return [.. Encoding.UTF8.GetBytes($"DSSEv1 {typeLength} {payloadType} {payload.Length} "), .. payload];
    }

    static DsseEnvelope Parse(ReadOnlySpan<byte> envelope, DocumentType expected)
    {
        var parsed = DsseEnvelope.Parse(envelope);

        return parsed.PayloadType == expected.PayloadType
            ? parsed
            : throw new CodecException(
                CodecFailure.Foreign,
                $"signed document is of type '{parsed.PayloadType}', not '{expected.PayloadType}'");
    }
}
