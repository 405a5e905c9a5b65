using System.Globalization;

namespace TomoBackup.Postgres;

/// <summary>A position in the write-ahead log, printed the way PostgreSQL prints it: <c>16/B374D848</c>.</summary>
public readonly record struct Lsn(ulong Value) : IComparable<Lsn>, ISpanParsable<Lsn>, ISpanFormattable
{
    /// <summary>PostgreSQL's invalid position: no record ever begins here.</summary>
    public static Lsn Zero => default;

    /// <summary>The position this many bytes further on; overflow is an error.</summary>
    public static Lsn operator +(Lsn left, ulong bytes) => new(checked(left.Value + bytes));

    /// <summary>Bytes of WAL from <paramref name="right"/> to <paramref name="left"/>; never negative.</summary>
    /// <exception cref="OverflowException">The right position is the later one.</exception>
    public static ulong operator -(Lsn left, Lsn right) => checked(left.Value - right.Value);

    /// <summary>Order in the log.</summary>
    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    /// <summary>Order in the log.</summary>
    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    /// <summary>Order in the log.</summary>
    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    /// <summary>Order in the log.</summary>
    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    /// <summary>Takes two halves of one to eight hexadecimal digits in either case, as PostgreSQL does.</summary>
    /// <exception cref="FormatException">The text is no position.</exception>
    public static Lsn Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null)
        => TryParse(s, provider, out var lsn) ? lsn : throw new FormatException($"'{s}' is not a WAL position");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static Lsn Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Lsn result)
    {
        result = Zero;

        if (s.IndexOf('/') is not (> 0 and var slash)
            || !TryParseHalf(s[..slash], out var high)
            || !TryParseHalf(s[(slash + 1)..], out var low))
            return false;

        result = new Lsn((ulong)high << 32 | low);
        return true;
    }

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out Lsn result)
        => TryParse(s.AsSpan(), provider, out result);

    /// <summary>The text form; there is only one, so formats and cultures change nothing.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:X}/{Low:X}");

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(
        Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        => destination.TryWrite(CultureInfo.InvariantCulture, $"{High:X}/{Low:X}", out charsWritten);

    uint High => (uint)(Value >> 32);

    uint Low => (uint)Value;

    static bool TryParseHalf(ReadOnlySpan<char> digits, out uint half)
    {
        half = 0;
        return digits.Length is > 0 and <= 8
            && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out half);
    }
}
