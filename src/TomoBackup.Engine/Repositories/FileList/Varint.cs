using System.Buffers;
using TomoBackup.Codecs;

namespace TomoBackup.Repositories.FileList;

/// <summary>Writes numbers in as few bytes as they need: seven bits a byte, lowest first, the eighth says that more
/// follow (LEB128); signed ones zigzag.</summary>
sealed class VarintWriter
{
    readonly ArrayBufferWriter<byte> _bytes = new();

    public void Write(ulong value)
    {
        while (value > 0x7F)
        {
            Append((byte)(value | 0x80));
            value >>= 7;
        }

        Append((byte)value);
    }

    public void WriteSigned(long value) => Write((ulong)(value << 1) ^ (ulong)(value >> 63));

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    void Append(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}

/// <summary>Reads what a <see cref="VarintWriter"/> wrote.</summary>
ref struct VarintReader(ReadOnlySpan<byte> bytes)
{
    const int MaxBytes = 10;

    ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public ulong Read()
    {
        var value = 0UL;

        for (var i = 0; i < Math.Min(MaxBytes, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);

            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new CodecException(CodecFailure.Damaged, "a number in a map of blocks has no end");
    }

    public long ReadSigned()
    {
        var value = Read();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
