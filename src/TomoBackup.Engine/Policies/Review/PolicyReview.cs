namespace TomoBackup.Policies.Review;

/// <summary>What a review of a policy gave.</summary>
/// <param name="WorstCases">For each cluster and repository, in the order of the policy.</param>
/// <param name="Findings">The worst first; those of one kind in the order in which they were found.</param>
public sealed record PolicyReview(IReadOnlyList<WorstCase> WorstCases, IReadOnlyList<ReviewFinding> Findings)
{
    /// <summary>How many findings weigh that much.</summary>
    public int Count(ReviewSeverity severity) => Findings.Count(finding => finding.Severity == severity);
}

/// <summary>How much of the latest work is lost at worst where only one repository is left, as the policy has it: while
/// all goes as planned, and but for the seconds that the copy itself takes.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Repository">The repository's name.</param>
/// <param name="AtMost">The sum; null where nothing bounds it.</param>
/// <param name="Sum">How it is made: <c>archive_timeout 5m + offsite_within 15m</c>.</param>
/// <param name="Rpo">What is promised; null where nothing is.</param>
public sealed record WorstCase(string Cluster, string Repository, TimeSpan? AtMost, string Sum, Duration? Rpo)
{
    /// <summary>False where the promise cannot be kept, or where nothing bounds the loss; null where nothing is
    /// promised.</summary>
    public bool? IsKept => Rpo is { } promised ? AtMost <= promised.Shortest : null;
}
