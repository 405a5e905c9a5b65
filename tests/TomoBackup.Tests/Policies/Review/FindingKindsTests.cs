using TomoBackup.Codecs;
using TomoBackup.Policies.Review;
using TomoBackup.Repositories;

namespace TomoBackup.Tests.Policies.Review;

public sealed class FindingKindsTests
{
    static readonly string[] ByHand = ["schedule-never-runs", "one-recipient", "not-executed"];

    [Fact]
    public void The_page_for_people_explains_every_finding_with_its_severity_and_no_other()
    {
        var page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "docs/operate/policy-check.md"));
        var severity = "";
        var rows = new List<string>();

        foreach (var line in page)
            if (line.StartsWith("## ", StringComparison.Ordinal))
                severity = line[3..].TrimEnd('s').ToLowerInvariant();
            else if (line.StartsWith("| `", StringComparison.Ordinal))
                rows.Add($"{severity} {line.Split('`')[1]}");

        Assert.Equal(FindingKinds.All.Select(kind => $"{kind.Severity} {kind.Id}".ToLowerInvariant()), rows);
    }

    [Fact]
    public void Every_finding_has_a_test_of_where_it_begins()
        => Assert.Equal(
            FindingKinds.All.Select(kind => kind.Id).Order(),
            RuleTests.Boundaries.Select(row => row.Data.Item1)
                .Concat(ObservedRuleTests.Covered).Concat(ByHand).Distinct().Order());

    [Fact]
    public void Ids_are_unique_and_in_kebab_case()
    {
        Assert.Equal(FindingKinds.All.Count, FindingKinds.All.Select(kind => kind.Id).Distinct().Count());
        Assert.All(FindingKinds.All, kind => Assert.Matches("^[a-z]+(-[a-z]+)*$", kind.Id));
    }

    [Fact]
    public void The_worst_stand_first()
        => Assert.Equal(
            FindingKinds.All.Select(kind => kind.Severity).Order(), FindingKinds.All.Select(kind => kind.Severity));

    // The room of policies may not look into that of repositories, so the words stand in both.
    [Fact]
    public void Prefixes_are_those_of_the_layout()
    {
        var lineage = LineageId.Parse("00112233445566778899aabbccddeeff");
        var of = (string key) => key[..(key.IndexOf('/', StringComparison.Ordinal) + 1)];

        Assert.Equal(LifecyclePrefixes.Wal, of(RepositoryLayout.WalRoot(lineage)));
        Assert.Equal(LifecyclePrefixes.Backup, of(RepositoryLayout.Backups(lineage)));
        Assert.Equal(
            [
                of(RepositoryLayout.Keys(lineage)), of(RepositoryLayout.Histories(lineage)),
                RepositoryLayout.LineagePrefix, "evidence/", RepositoryLayout.Marker.ToString(),
            ],
            LifecyclePrefixes.NeverExpire);
    }
}
