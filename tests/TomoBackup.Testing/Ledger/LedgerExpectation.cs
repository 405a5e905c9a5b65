namespace TomoBackup.Testing.Ledger;

/// <summary>What a cluster has to hold: rows that must be there, and rows that may be (nobody acknowledged them, or the
/// target lies within the limits of their commit). Anything else must not be there.</summary>
public sealed record LedgerExpectation(IReadOnlyCollection<LedgerEntry> Must, IReadOnlyCollection<LedgerEntry> May)
{
    public LedgerDifference Compare(IReadOnlyDictionary<long, string> rows)
    {
        var allowed = Must.Concat(May).ToDictionary(static entry => entry.Sequence, static entry => entry.Note);

        return new LedgerDifference(
            [.. Must.Select(static entry => entry.Sequence).Where(sequence => !rows.ContainsKey(sequence)).Order()],
            [.. rows.Keys.Where(sequence => !allowed.ContainsKey(sequence)).Order()],
            [.. rows.Where(row => allowed.TryGetValue(row.Key, out var note) && note != row.Value)
                .Select(static row => row.Key).Order()]);
    }
}

/// <summary>How a cluster differs from what it has to hold.</summary>
/// <param name="Missing">Acknowledged, and not there: data loss.</param>
/// <param name="Extra">There, and later than the target, or never written.</param>
/// <param name="Changed">There, with another text.</param>
public sealed record LedgerDifference(
    IReadOnlyList<long> Missing, IReadOnlyList<long> Extra, IReadOnlyList<long> Changed)
{
    public bool IsNone => Missing is [] && Extra is [] && Changed is [];

    public override string ToString()
        => IsNone ? "no difference" : $"missing {List(Missing)}; extra {List(Extra)}; changed {List(Changed)}";

    static string List(IReadOnlyList<long> rows) => rows switch
    {
        [] => "none",
        { Count: > 10 } => $"{rows.Count} rows from {rows[0]} to {rows[^1]}",
        _ => string.Join(", ", rows),
    };
}
