using System.Text.RegularExpressions;

namespace TomoBackup.Policies.Review;

/// <summary>Whether recovery is ever tried, and whether the trial could fail.</summary>
static partial class ProofRules
{
    /// <summary>The only tables of Apache AGE's catalog; vertices and edges are in the schema of each graph
    /// (as of 1.8).</summary>
    static readonly string[] AgeTables = ["ag_graph", "ag_label"];

    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => [.. Tests(scope.Policy.Tests.Restore), .. Drills(scope.Policy)];

    static IEnumerable<ReviewFinding> Tests(RestoreTestPolicy? test)
    {
        if (test is null)
        {
            yield return FindingKinds.NoRestoreTest.At(
                "tests",
                "no restore is ever tried: whether a backup can be restored, and how long that takes, is found out on "
                    + "the bad day",
                "Set 'tests.restore'.");
            yield break;
        }

        if (test.Queries.Count is 0)
            yield return FindingKinds.TestAsksNothing.At(
                "tests.restore",
                "the restore test asks the restored server nothing: an empty database would pass",
                "Add a query whose answer only the right content gives to 'tests.restore.queries'.");

        foreach (var (query, table) in test.Queries.SelectMany(query => Unknown(query.Sql).Select(t => (query, t))))
            yield return FindingKinds.QueryNamesNoTable.At(
                "tests.restore.queries",
                $"a query in '{query.Database}' reads 'ag_catalog.{table}', a table that Apache AGE does not have: the "
                    + "test would fail with every backup",
                $"Ask for {string.Join(" or ", AgeTables.Select(name => $"'ag_catalog.{name}'"))}, or for a label's "
                    + "table in the schema of its graph.");
    }

    static IEnumerable<ReviewFinding> Drills(BackupPolicy policy)
    {
        if (policy.Tests.Drill is not { } drill)
            yield return FindingKinds.NoDrill.At(
                "tests",
                "no drill is planned: that everything can be recovered without this host is never shown",
                "Set 'tests.drill'.");
        else if (policy.Repositories.Any(repository => repository.Follows is not null)
            && policy.Repositories.FirstOrDefault(repository => repository.Name == drill.Repository)
                is { Follows: null })
            yield return FindingKinds.DrillNotOffsite.At(
                "tests.drill.repository",
                $"the drill recovers from '{drill.Repository}', which the host itself writes; that the one which "
                    + "follows it is enough is never shown",
                "Let the drill use the repository that is left when this host is gone.");
    }

    static IEnumerable<string> Unknown(string sql)
        => AgeRelation().Matches(sql)
            .Select(match => match.Groups["table"].Value.ToLowerInvariant())
            .Where(table => !AgeTables.Contains(table))
            .Distinct();

    // A word with a parenthesis behind it is a function.
    [GeneratedRegex("""\bag_catalog"?\s*\.\s*"?(?<table>ag_\w+)\b(?!"?\s*\()""", RegexOptions.IgnoreCase)]
    private static partial Regex AgeRelation();
}
