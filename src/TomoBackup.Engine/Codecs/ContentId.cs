using System.Buffers.Binary;

namespace TomoBackup.Codecs;

/// <summary>
/// A name for content that only holders of the id key can compute: the same file pushed twice has the same name, and a
/// stranger who reads the listing cannot test whether a file he knows is among them (format §1).
/// </summary>
public readonly record struct ContentId
{
    /// <summary>Bytes in binary form; the text has twice as many digits.</summary>
    public const int Length = 16;

    readonly UInt128 _value;

    internal ContentId(ReadOnlySpan<byte> bytes) => _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>The id of a file of PostgreSQL's archive.</summary>
    /// <param name="key">The lineage's id key.</param>
    /// <param name="name">PostgreSQL's name of the file, printable ASCII.</param>
    /// <param name="plain">All its bytes.</param>
    public static ContentId Compute(IdKey key, string name, ReadOnlySpan<byte> plain)
    {
        using var hash = new ContentHash(key, name);

        for (; plain.Length > ContentHash.PieceBytes; plain = plain[ContentHash.PieceBytes..])
            hash.Append(plain[..ContentHash.PieceBytes]);

        if (plain.Length > 0)
            hash.Append(plain);

        return hash.Finish();
    }

    /// <summary>Reads 32 lower-case hex digits; <see cref="FormatException"/> for anything else.</summary>
    public static ContentId Parse(ReadOnlySpan<char> text)
        => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a content id");

    /// <summary>Reads 32 lower-case hex digits; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ContentId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = LowerHex.TryParse(text, bytes);
        id = parsed ? new ContentId(bytes) : default;
        return parsed;
    }

    /// <summary>32 lower-case hex digits, as in keys of objects.</summary>
    public override string ToString() => _value.ToString("x32", null);
}
