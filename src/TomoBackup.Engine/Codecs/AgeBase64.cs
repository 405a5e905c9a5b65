using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace TomoBackup.Codecs;

/// <summary>age's base64: standard alphabet, no padding, and canonical: each value has one text.</summary>
static class AgeBase64
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Fills the target exactly, or false.</summary>
    public static bool TryDecode(string text, Span<byte> target)
        => Decode(Encoding.ASCII.GetBytes(text)) is { } bytes
            && bytes.Length == target.Length
            && bytes.AsSpan().TryCopyTo(target);

    /// <summary>Null where the text is not canonical.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var padded = new byte[(text.Length + 3) / 4 * 4];
        padded.AsSpan().Fill((byte)'=');
        text.CopyTo(padded);

        var bytes = new byte[padded.Length / 4 * 3];

        if (Base64.DecodeFromUtf8(padded, bytes, out _, out var count) != OperationStatus.Done)
            return null;

        // The decoder passes over white space and spare bits; writing it again shows both.
        Array.Resize(ref bytes, count);
        return Encoding.ASCII.GetBytes(Encode(bytes)).AsSpan().SequenceEqual(text) ? bytes : null;
    }
}
