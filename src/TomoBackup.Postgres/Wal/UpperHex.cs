using System.Globalization;

namespace TomoBackup.Postgres.Wal;

/// <summary>
/// Eight upper-case hexadecimal digits, the unit of WAL file names. PostgreSQL takes a lower-case name for a foreign
/// file, so do we.
/// </summary>
static class UpperHex
{
    public static bool TryParse(ReadOnlySpan<char> digits, out uint value)
    {
        value = 0;
        return digits.Length == 8
            && !digits.ContainsAnyInRange('a', 'f')
            && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
