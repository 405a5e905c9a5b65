using System.Text.Json;

namespace TomoBackup.Codecs;

/// <summary>One signature and the fingerprint that its writer names; only the signature proves anything.</summary>
readonly record struct DsseSignature(string KeyId, byte[] Signature);

/// <summary>
/// The JSON around a signed document, read strictly: a member that we do not know, or one that comes twice, is
/// refused, because two readers might understand it differently.
/// </summary>
sealed class DsseEnvelope
{
    const int MaxSignatures = 8;

    string? _payloadType;
    byte[]? _payload;
    List<DsseSignature>? _signatures;

    DsseEnvelope()
    {
    }

    public string PayloadType => _payloadType ?? throw Damaged();

    public byte[] Payload => _payload ?? throw Damaged();

    public IReadOnlyList<DsseSignature> Signatures => _signatures ?? throw Damaged();

    public static DsseEnvelope Parse(ReadOnlySpan<byte> json)
    {
        var envelope = new DsseEnvelope();

        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            envelope.ReadMembers(ref reader);

            // Throws where anything but white space follows.
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader's InvalidOperationException is text that is not UTF-8.
            throw Damaged(e);
        }

        return envelope._payloadType is not null && envelope._payload is not null && envelope._signatures is not null
            ? envelope
            : throw Damaged();
    }

    void ReadMembers(ref Utf8JsonReader reader)
    {
        while (NextMember(ref reader) is { } name)
        {
            switch (name)
            {
                case "payloadType" when _payloadType is null:
                    _payloadType = ReadText(ref reader);
                    break;

                case "payload" when _payload is null:
                    _payload = ReadBase64(ref reader);
                    break;

                case "signatures" when _signatures is null:
                    _signatures = ReadSignatures(ref reader);
                    break;

                default:
                    throw Unknown(name);
            }
        }
    }

    static List<DsseSignature> ReadSignatures(ref Utf8JsonReader reader)
    {
        Demand(ref reader, JsonTokenType.StartArray);
        var signatures = new List<DsseSignature>();

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (signatures.Count == MaxSignatures)
                throw Damaged();

            signatures.Add(ReadSignature(ref reader));
        }

        return signatures;
    }

    static DsseSignature ReadSignature(ref Utf8JsonReader reader)
    {
        string? keyId = null;
        byte[]? signature = null;

        while (NextMember(ref reader) is { } name)
        {
            switch (name)
            {
                case "keyid" when keyId is null:
                    keyId = ReadText(ref reader);
                    break;

                case "sig" when signature is null:
                    signature = ReadBase64(ref reader);
                    break;

                default:
                    throw Unknown(name);
            }
        }

        return new DsseSignature(keyId ?? throw Damaged(), signature ?? throw Damaged());
    }

    // From the start of an object, or the end of a member's value, to the next member's name; null at the object's end.
    static string? NextMember(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.String or JsonTokenType.EndArray))
            throw Damaged();

        reader.Read();
        return reader.TokenType == JsonTokenType.EndObject ? null : reader.GetString();
    }

    static string ReadText(ref Utf8JsonReader reader)
    {
        Demand(ref reader, JsonTokenType.String);
        return reader.GetString() ?? throw Damaged();
    }

    static byte[] ReadBase64(ref Utf8JsonReader reader)
    {
        Demand(ref reader, JsonTokenType.String);
        return reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw Damaged();
    }

    static void Demand(ref Utf8JsonReader reader, JsonTokenType type)
    {
        reader.Read();

        if (reader.TokenType != type)
            throw Damaged();
    }

    static CodecException Unknown(string member)
        => new(CodecFailure.Foreign, $"signed document has a member '{member}' that is unknown or comes twice");

    static CodecException Damaged(Exception? cause = null)
        => new(CodecFailure.Damaged, "signed document is not a whole DSSE envelope", cause);
}
