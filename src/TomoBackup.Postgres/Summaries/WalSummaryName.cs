using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TomoBackup.Postgres.Summaries;

/// <summary>
/// The name of a WAL summary, a file of <c>pg_wal/summaries</c> since PostgreSQL 17: the timeline in 8 hex digits,
/// first and last position in 16 each, then <c>.summary</c>.
/// </summary>
/// <param name="Timeline">Whose WAL it sums up.</param>
/// <param name="Start">The first position.</param>
/// <param name="End">The position behind the last one.</param>
public readonly record struct WalSummaryName(uint Timeline, Lsn Start, Lsn End)
{
    const string Suffix = ".summary";
    const int Digits = 40;
    static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEF");

    /// <summary>Reads a bare file name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out WalSummaryName result)
    {
        result = default;

        if (name is null
            || name.Length != Digits + Suffix.Length
            || !name.EndsWith(Suffix, StringComparison.Ordinal)
            || name.AsSpan(0, Digits).ContainsAnyExcept(HexDigits)
            || !uint.TryParse(name.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var timeline)
            || !ulong.TryParse(name.AsSpan(8, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var start)
            || !ulong.TryParse(name.AsSpan(24, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var end)
            || start >= end)
            return false;

        result = new WalSummaryName(timeline, new Lsn(start), new Lsn(end));
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Timeline:X8}{Start.Value:X16}{End.Value:X16}{Suffix}");
}
