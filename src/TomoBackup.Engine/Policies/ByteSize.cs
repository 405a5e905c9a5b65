using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TomoBackup.Policies;

/// <summary>
/// A number of bytes as a policy writes it: <c>50MB</c> is 50,000,000 and <c>5GiB</c> is 5,368,709,120. Unlike
/// PostgreSQL's settings, where MB means the power of two.
/// </summary>
/// <param name="Bytes">The bytes; never below zero.</param>
public readonly record struct ByteSize(long Bytes)
{
    /// <summary>What a person should write instead, for messages.</summary>
    public const string Form = "a size such as 512kB, 50MB or 5GiB";

    static readonly (string Suffix, long Factor)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>Reads one; a number without a unit, white space, signs and fractions are refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ByteSize size)
    {
        size = default;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');

        if (digits < 1)
            return false;

        var (_, factor) = Array.Find(Units, unit => text.AsSpan(digits).SequenceEqual(unit.Suffix));

        if (factor is 0
            || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > long.MaxValue / factor)
            return false;

        size = new ByteSize(count * factor);
        return true;
    }

    /// <summary>As it is written in a policy, exact, with the largest unit that divides it.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var (suffix, factor) = bytes is 0 ? ("B", 1) : Array.Find(Units, unit => bytes % unit.Factor is 0);
        return $"{bytes / factor}{suffix}";
    }
}
