using System.Buffers;

namespace TomoBackup.Codecs;

/// <summary>Hex as the format writes it: lower case, fixed length. Upper case is refused: an id has one text.</summary>
static class LowerHex
{
    static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Fills the target from exactly twice as many digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, Span<byte> target)
        => text.Length == 2 * target.Length
            && !text.ContainsAnyExcept(Digits)
            && Convert.FromHexString(text, target, out _, out _) == OperationStatus.Done;
}
