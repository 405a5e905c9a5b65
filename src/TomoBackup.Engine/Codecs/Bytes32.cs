using System.Buffers.Binary;

namespace TomoBackup.Codecs;

/// <summary>32 bytes by value, shared by the ids of that length.</summary>
readonly record struct Bytes32(UInt128 High, UInt128 Low)
{
    public const int Length = 32;

    public static Bytes32 Read(ReadOnlySpan<byte> bytes)
        => bytes.Length == Length
            ? new Bytes32(
                BinaryPrimitives.ReadUInt128BigEndian(bytes),
                BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]))
            : throw new ArgumentException($"expected {Length} bytes, not {bytes.Length}", nameof(bytes));

    public static bool TryParse(ReadOnlySpan<char> text, out Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = LowerHex.TryParse(text, bytes);
        value = parsed ? Read(bytes) : default;
        return parsed;
    }

    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt128BigEndian(target, High);
        BinaryPrimitives.WriteUInt128BigEndian(target[16..], Low);
    }

    public override string ToString() => High.ToString("x32", null) + Low.ToString("x32", null);
}
