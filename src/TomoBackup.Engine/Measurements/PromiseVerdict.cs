namespace TomoBackup.Measurements;

/// <summary>How a promise stands, worst first.</summary>
public enum Verdict
{
    /// <summary>It is broken now.</summary>
    Missed,

    /// <summary>It holds, and will not for long; or it has not had the time to hold yet.</summary>
    AtRisk,

    /// <summary>Nothing says whether it holds. It counts as not held.</summary>
    NotMeasured,

    /// <summary>It holds.</summary>
    Held,
}

/// <summary>A promise against what was measured.</summary>
public sealed record PromiseVerdict
{
    /// <summary>Stable name of the promise, in snake case: <c>rpo</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the repository; null where it is not about one.</summary>
    public required string? Repository { get; init; }

    /// <summary>What is promised, in a few words: "RPO 1h".</summary>
    public required string Promise { get; init; }

    /// <summary>How it stands.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was measured, in a few words; why it was not, where it was not.</summary>
    public required string Measured { get; init; }

    /// <summary>More about it: lower case, no full stop; null where <see cref="Measured"/> says all.</summary>
    public string? Reason { get; init; }

    /// <summary>What to do next: a sentence; null where there is nothing to do, or nothing that can be done.</summary>
    public string? Next { get; init; }

    /// <summary>Names of the measures that it rests on; none where this version measures nothing for it.</summary>
    public IReadOnlyList<string> Measures { get; init; } = [];

    /// <summary>What the first of these measures is held against, in its unit; null where it is no number.</summary>
    public double? Limit { get; init; }
}
