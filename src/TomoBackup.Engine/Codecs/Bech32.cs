namespace TomoBackup.Codecs;

/// <summary>
/// The text form of age's keys: BIP 173, without its limit of 90 characters, as age has it. Errors never show the text:
/// it may be a secret.
/// </summary>
static class Bech32
{
    const string Charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const int ChecksumDigits = 6;

    static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Lower-case text with this prefix.</summary>
    public static string Encode(string prefix, ReadOnlySpan<byte> bytes)
    {
        var digits = new byte[(bytes.Length * 8 + 4) / 5 + ChecksumDigits];
        ToDigits(bytes, digits.AsSpan(..^ChecksumDigits));
        var checksum = Checksum(prefix, digits) ^ 1;

        for (var i = 0; i < ChecksumDigits; i++)
            digits[^(ChecksumDigits - i)] = (byte)(checksum >> (5 * (ChecksumDigits - 1 - i)) & 31);

        return $"{prefix}1{string.Concat(digits.Select(digit => Charset[digit]))}";
    }

    /// <summary>Fills the bytes from lower-case text with this prefix; false where anything is not as it must
    /// be.</summary>
    public static bool TryDecode(string prefix, ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var length = (bytes.Length * 8 + 4) / 5 + ChecksumDigits;

        if (text.Length != prefix.Length + 1 + length || !text.StartsWith(prefix) || text[prefix.Length] != '1')
            return false;

        using var secret = new SecretBytes(length);
        var digits = secret.Span;

        for (var i = 0; i < length; i++)
        {
            if (Charset.IndexOf(text[prefix.Length + 1 + i], StringComparison.Ordinal) is not (>= 0 and var digit))
                return false;

            digits[i] = (byte)digit;
        }

        return Checksum(prefix, digits) == 1 && TryToBytes(digits[..^ChecksumDigits], bytes);
    }

    static void ToDigits(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        for (var i = 0; i < digits.Length; i++)
        {
            var (at, shift) = Math.DivRem(i * 5, 8);
            var pair = bytes[at] << 8 | (at + 1 < bytes.Length ? bytes[at + 1] : 0);
            digits[i] = (byte)(pair >> (11 - shift) & 31);
        }
    }

    // False where the bits that fill up the last digit are not zero: each key has one text.
    static bool TryToBytes(ReadOnlySpan<byte> digits, Span<byte> bytes)
    {
        uint bits = 0;
        var count = 0;
        var written = 0;

        foreach (var digit in digits)
        {
            bits = bits << 5 | digit;
            count += 5;

            if (count < 8)
                continue;

            count -= 8;
            bytes[written++] = (byte)(bits >> count);
            bits &= (1u << count) - 1;
        }

        return bits == 0;
    }

    static uint Checksum(string prefix, ReadOnlySpan<byte> digits)
    {
        uint checksum = 1;

        foreach (var c in prefix)
            checksum = Step(checksum, c >> 5);

        checksum = Step(checksum, 0);

        foreach (var c in prefix)
            checksum = Step(checksum, c & 31);

        foreach (var digit in digits)
            checksum = Step(checksum, digit);

        return checksum;
    }

    static uint Step(uint checksum, int digit)
    {
        var top = checksum >> 25;
        checksum = (checksum & 0x1ffffff) << 5 ^ (uint)digit;

        for (var i = 0; i < Generator.Length; i++)
            checksum ^= (top >> i & 1) * Generator[i];

        return checksum;
    }
}
