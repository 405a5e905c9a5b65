namespace TomoBackup.Cli.Demo;

/// <summary>Says in sentences how a cluster differs from what it has to hold. Pure.</summary>
static class DemoComparison
{
    /// <summary>Rows that are named one by one; more are summed up.</summary>
    const int Named = 10;

    /// <summary>Every difference; none means equal.</summary>
    public static IReadOnlyList<string> Differences(DemoState expected, DemoState actual)
        =>
        [
            .. LedgerDifferences(expected.Ledger, actual.Ledger),
            .. FigureDifferences(expected.Figures, actual.Figures),
            .. ListDifference("documents of the ledger", expected.Documents, actual.Documents),
            .. ListDifference("answers of the MATCH", expected.Match, actual.Match),
            .. NeighbourDifference("nearest neighbours by scan", expected.NearestByScan, actual.NearestByScan),
            .. NeighbourDifference("nearest neighbours by index", expected.NearestByIndex, actual.NearestByIndex),
        ];

    static IEnumerable<string> LedgerDifferences(
        IReadOnlyDictionary<long, DemoEntry> expected, IReadOnlyDictionary<long, DemoEntry> actual)
    {
        var missing = expected.Keys.Where(row => !actual.ContainsKey(row)).Order().ToList();
        var extra = actual.Keys.Where(row => !expected.ContainsKey(row)).Order().ToList();
        var changed = expected
            .Where(row => actual.TryGetValue(row.Key, out var entry) && entry != row.Value)
            .Select(static row => row.Key).Order().ToList();

        if (missing.Count > 0)
            yield return $"ledger lost rows that were acknowledged: {Names(missing)}";

        if (extra.Count > 0)
            yield return $"ledger has rows of another time: {Names(extra)}";

        if (changed.Count > 0)
            yield return $"ledger has rows with another content: {Names(changed)}";
    }

    static IEnumerable<string> FigureDifferences(
        IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> actual)
    {
        foreach (var (name, value) in expected.OrderBy(static figure => figure.Key, StringComparer.Ordinal))
            if (!actual.TryGetValue(name, out var found))
                yield return $"{name} is unknown, not {value}";
            else if (found != value)
                yield return $"{name} is {found}, not {value}";
    }

    static IEnumerable<string> ListDifference<T>(string name, IReadOnlyList<T> expected, IReadOnlyList<T> actual)
    {
        var missing = expected.Except(actual).ToList();
        var extra = actual.Except(expected).ToList();

        if (missing.Count > 0)
            yield return $"{name} are missing: {Names(missing)}";

        if (extra.Count > 0)
            yield return $"{name} are too many: {Names(extra)}";

        if (missing.Count + extra.Count == 0 && !expected.SequenceEqual(actual))
            yield return $"{name} are {actual.Count} in another order or number, not {expected.Count}";
    }

    // A ledger with few vectors leaves the last places to those of the load, which the client does not know.
    static IEnumerable<string> NeighbourDifference(
        string name, IReadOnlyList<long> expected, IReadOnlyList<long> actual)
    {
        if (!expected.SequenceEqual(actual.Take(expected.Count)))
            yield return $"{name} are {Names(actual)}, not {Names(expected)}";
    }

    static string Names<T>(IReadOnlyList<T> items) => items switch
    {
        [] => "none",
        { Count: > Named } => $"{items.Count} from {items[0]} to {items[^1]}",
        _ => string.Join(", ", items),
    };
}
