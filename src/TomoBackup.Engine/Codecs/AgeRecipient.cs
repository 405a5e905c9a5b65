namespace TomoBackup.Codecs;

/// <summary>To whom an age file is encrypted: an X25519 public key, <c>age1…</c>. Public, and safe to print.</summary>
public readonly record struct AgeRecipient
{
    const string Prefix = "age";

    readonly Bytes32 _value;

    /// <summary>Takes the public key, exactly 32 bytes.</summary>
    public AgeRecipient(ReadOnlySpan<byte> publicKey) => _value = Bytes32.Read(publicKey);

    /// <summary>Reads the text that age-keygen prints; <see cref="FormatException"/> for anything else.</summary>
    public static AgeRecipient Parse(ReadOnlySpan<char> text)
        => TryParse(text, out var recipient)
            ? recipient
            : throw new FormatException("not an age recipient ('age1' and 58 lower-case letters or digits)");

    /// <summary>Reads the text that age-keygen prints; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AgeRecipient recipient)
    {
        Span<byte> bytes = stackalloc byte[AgeX25519.KeyLength];
        var parsed = Bech32.TryDecode(Prefix, text, bytes);
        recipient = parsed ? new AgeRecipient(bytes) : default;
        return parsed;
    }

    /// <summary>Writes the public key into the first 32 bytes.</summary>
    public void CopyTo(Span<byte> target) => _value.CopyTo(target);

    /// <summary><c>age1…</c></summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[AgeX25519.KeyLength];
        CopyTo(bytes);
        return Bech32.Encode(Prefix, bytes);
    }
}
