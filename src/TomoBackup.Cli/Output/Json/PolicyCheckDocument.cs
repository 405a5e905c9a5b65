using System.Text.Json;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>policy check --json</c> answers for a policy without faults.</summary>
/// <param name="Policy">Path of the file.</param>
/// <param name="Clusters">Names of the clusters.</param>
/// <param name="Repositories">Names of the repositories.</param>
/// <param name="Mode"><c>simple</c>: this host can read backups; <c>sealed</c>: it cannot.</param>
/// <param name="Live">True where servers, repositories and this host were looked at.</param>
/// <param name="Errors">How many findings are errors.</param>
/// <param name="Warnings">How many are warnings.</param>
/// <param name="Remarks">How many are remarks.</param>
/// <param name="Exit">The exit code.</param>
/// <param name="WorstCases">What is lost at worst where only one repository is left.</param>
/// <param name="Findings">The worst first.</param>
sealed record PolicyCheckDocument(
    string Policy,
    IReadOnlyList<string> Clusters,
    IReadOnlyList<string> Repositories,
    string Mode,
    bool Live,
    int Errors,
    int Warnings,
    int Remarks,
    int Exit,
    IReadOnlyList<WorstCaseDocument> WorstCases,
    IReadOnlyList<ReviewFindingDocument> Findings)
{
    public static PolicyCheckDocument Of(PolicyCheckReport report) => new(
        report.Path,
        [.. report.Policy.Clusters.Select(cluster => cluster.Name)],
        [.. report.Policy.Repositories.Select(repository => repository.Name)],
        report.Mode,
        report.IsLive,
        report.Review.Count(ReviewSeverity.Error),
        report.Review.Count(ReviewSeverity.Warning),
        report.Review.Count(ReviewSeverity.Remark),
        (int)report.Result,
        [.. report.Review.WorstCases.Select(WorstCaseDocument.Of)],
        [.. report.Review.Findings.Select(finding => ReviewFindingDocument.Of(finding, report.Places))]);
}

/// <summary>One cluster in one repository.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Repository">The repository's name.</param>
/// <param name="Seconds">What is lost at most; left out where nothing bounds it.</param>
/// <param name="Sum">How that is made.</param>
/// <param name="Rpo">What is promised, as the policy writes it; left out where nothing is.</param>
/// <param name="Kept">Whether the promise can be kept; left out where there is none.</param>
sealed record WorstCaseDocument(
    string Cluster, string Repository, double? Seconds, string Sum, string? Rpo, bool? Kept)
{
    public static WorstCaseDocument Of(WorstCase worst) => new(
        worst.Cluster, worst.Repository, worst.AtMost?.TotalSeconds, worst.Sum, worst.Rpo?.ToString(), worst.IsKept);
}

/// <summary>One finding.</summary>
/// <param name="Id">What it is; <c>docs/operate/policy-check.md</c> explains each.</param>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>remark</c>.</param>
/// <param name="Path">The key of the policy that it speaks of.</param>
/// <param name="Line">Line of that key, or of the nearest section above; left out where the file has neither.</param>
/// <param name="Column">Its column.</param>
/// <param name="Reason">Why.</param>
/// <param name="Remedy">What to do.</param>
sealed record ReviewFindingDocument(
    string Id, string Severity, string Path, int? Line, int? Column, string Reason, string Remedy)
{
    public static ReviewFindingDocument Of(ReviewFinding finding, PolicyPlaces places)
    {
        var place = places.Find(finding.Path);

        return new ReviewFindingDocument(
            finding.Id,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Severity.ToString()),
            finding.Path, place?.Line, place?.Column, finding.Reason, finding.Remedy);
    }
}
