using System.Text;
using TomoBackup.Cli.Output.Json;
using TomoBackup.Policies.Review;

namespace TomoBackup.Cli.Output;

/// <summary>How <c>policy check</c> is told: the worst case of each promise, then findings, the worst first.</summary>
static class PolicyCheckText
{
    const int Width = 100;
    const string Indent = "      ";

    /// <summary>Tells a review.</summary>
    public static void Show(PolicyCheckReport report, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(PolicyCheckDocument.Of(report), ReportJson.Plain.PolicyCheckDocument);
            return;
        }

        var (policy, reads) = (report.Policy, report.Mode is "simple" ? "can" : "cannot");

        output.Say($"policy '{report.Path}' has no faults; what it says means:");
        output.Say($"  clusters      {string.Join(", ", policy.Clusters.Select(cluster => cluster.Name))}");
        output.Say($"  repositories  {string.Join(", ", policy.Repositories.Select(repository => repository.Name))}");
        output.Say($"  mode          {report.Mode}: this host {reads} read backups");
        output.Say(report.IsLive
            ? "  looked at     the policy, the servers, the repositories and this host"
            : "  looked at     the policy alone; '--live' looks at servers, repositories and this host too");
        output.Say("");
        output.Say("what is lost at worst, where only one repository is left:");
        output.Show(WorstCases(report.Review.WorstCases));

        foreach (var severity in report.Review.Findings.GroupBy(finding => finding.Severity))
        {
            output.Say("");
            output.Say(TitleOf(severity.Key));

            foreach (var group in severity.GroupBy(finding => (finding.Id, finding.Remedy)))
                Show([.. group], report, output);
        }

        output.Say("");
        output.Say(SumOf(report));
    }

    static Table WorstCases(IReadOnlyList<WorstCase> cases)
    {
        var table = new Table(
            new Column("CLUSTER"), new Column("ONLY LEFT"), new Column("LOST", AlignRight: true),
            new Column("RPO", AlignRight: true), new Column("KEPT"), new Column("BECAUSE"));

        foreach (var worst in cases)
            table.Add(
                worst.Cluster, worst.Repository, worst.AtMost?.InPolicyWords ?? "unbounded",
                worst.Rpo?.ToString() ?? "-", worst.IsKept switch { null => "-", true => "yes", _ => "NO" },
                worst.Sum);

        return table;
    }

    // What has one remedy is told with it once: a long policy has many parts that are not executed yet.
    static void Show(IReadOnlyList<ReviewFinding> alike, PolicyCheckReport report, Report output)
    {
        output.Say($"  {alike[0].Id}");

        foreach (var finding in alike)
        {
            output.Say($"    {PlaceOf(finding, report)}");

            foreach (var line in Wrap($"{Printable(finding.Reason)}."))
                output.Say(Indent + line);
        }

        foreach (var line in Wrap($"-> {alike[0].Remedy}"))
            output.Say(Indent + line);
    }

    static string PlaceOf(ReviewFinding finding, PolicyCheckReport report)
        => (report.Places.Find(finding.Path) is var (line, column) ? $"line {line}, column {column}: " : "")
            + Printable(finding.Path);

    static string SumOf(PolicyCheckReport report)
    {
        var (errors, warnings, remarks) = (
            report.Review.Count(ReviewSeverity.Error),
            report.Review.Count(ReviewSeverity.Warning),
            report.Review.Count(ReviewSeverity.Remark));
        var counts = $"{Counted(errors, "error")}, {Counted(warnings, "warning")}, {Counted(remarks, "remark")}";

        return report.Result is ErrorCode.Ok
            ? $"in order: {counts}"
            : $"NOT in order: {counts}; each is explained in docs/operate/policy-check.md";
    }

    static string Counted(int count, string noun) => count is 1 ? $"1 {noun}" : $"{count} {noun}s";

    static string TitleOf(ReviewSeverity severity) => severity switch
    {
        ReviewSeverity.Error => "ERRORS: a promise that cannot be kept, or a rule that destroys",
        ReviewSeverity.Warning => "WARNINGS: to be changed, or to be known",
        _ => "REMARKS: legal; somebody should have meant it",
    };

    static IEnumerable<string> Wrap(string sentence)
    {
        var line = new StringBuilder();

        foreach (var word in sentence.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Width - Indent.Length)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    // Names of databases and directories come from other people: no escape sequence of theirs reaches the terminal.
    static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
}
