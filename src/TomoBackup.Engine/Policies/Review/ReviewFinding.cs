namespace TomoBackup.Policies.Review;

/// <summary>How much a finding weighs; the worst first.</summary>
public enum ReviewSeverity
{
    /// <summary>The policy promises what it cannot keep, or destroys what it keeps.</summary>
    Error,

    /// <summary>A person should change something, or know why not.</summary>
    Warning,

    /// <summary>Legal and perhaps meant; somebody should have decided it.</summary>
    Remark,
}

/// <summary>What a review can find. <c>docs/operate/policy-check.md</c> explains each to people.</summary>
/// <param name="Id">In kebab case; never changes, since scripts and tickets name it.</param>
/// <param name="Severity">The same wherever it is found.</param>
public sealed record FindingKind(string Id, ReviewSeverity Severity)
{
    /// <summary>Something of this kind was found.</summary>
    internal ReviewFinding At(string path, string reason, string remedy) => new(this, path, reason, remedy);
}

/// <summary>One thing that a review found.</summary>
/// <param name="Kind">What.</param>
/// <param name="Path">The place in the policy that it speaks of: <c>clusters.main.full</c>. Where the file does not
/// have that key, the nearest section above it is meant.</param>
/// <param name="Reason">Why, in one sentence with its figures: lower case, no full stop.</param>
/// <param name="Remedy">What to do about it, in one sentence.</param>
public sealed record ReviewFinding(FindingKind Kind, string Path, string Reason, string Remedy)
{
    /// <summary>The kind's id.</summary>
    public string Id => Kind.Id;

    /// <summary>The kind's weight.</summary>
    public ReviewSeverity Severity => Kind.Severity;
}
