using System.Buffers.Binary;
using TomoBackup.Storage;

namespace TomoBackup.Codecs;

/// <summary>The span for which one data key is used: a generation of backups, or at most a day of WAL.</summary>
public readonly record struct EpochId
{
    /// <summary>Bytes in binary form; the text has twice as many digits.</summary>
    public const int Length = 16;

    readonly UInt128 _value;

    /// <summary>Takes the binary form, exactly 16 bytes.</summary>
    public EpochId(ReadOnlySpan<byte> bytes)
        => _value = bytes.Length == Length
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new ArgumentException($"an id has {Length} bytes, not {bytes.Length}", nameof(bytes));

    /// <summary>A new random id.</summary>
    public static EpochId New(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[Length];
        entropy.Fill(bytes);
        return new EpochId(bytes);
    }

    /// <summary>Reads 32 lower-case hex digits; <see cref="FormatException"/> for anything else.</summary>
    public static EpochId Parse(ReadOnlySpan<char> text)
        => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not an epoch id");

    /// <summary>Reads 32 lower-case hex digits; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EpochId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = LowerHex.TryParse(text, bytes);
        id = parsed ? new EpochId(bytes) : default;
        return parsed;
    }

    /// <summary>Writes the binary form into the first 16 bytes.</summary>
    public void CopyTo(Span<byte> target) => BinaryPrimitives.WriteUInt128BigEndian(target, _value);

    /// <summary>32 lower-case hex digits, as in keys of objects.</summary>
    public override string ToString() => _value.ToString("x32", null);
}
