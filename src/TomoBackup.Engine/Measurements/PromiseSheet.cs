using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>What verdicts are made from: the policy and the measured values. Nothing else is looked at, so that what is
/// judged is what was told.</summary>
/// <param name="Policy">What is promised.</param>
/// <param name="Cluster">For whom.</param>
/// <param name="Values">What was measured.</param>
sealed record PromiseSheet(BackupPolicy Policy, ClusterPolicy Cluster, MeasurementSet Values)
{
    public DateTimeOffset Now => Values.At;

    public IReadOnlyList<RepositoryPolicy> Repositories => Policy.Repositories;

    /// <summary>Judges a measured value; what is not known is NOT MEASURED with the value's own reason.</summary>
    /// <param name="judge">Given the value: the verdict with what was measured, why, and what to do.</param>
    /// <param name="next">What to do where the value is not known and no failure says more.</param>
    public static PromiseVerdict Judge(
        string id, string promise, Measurement value, Func<Measurement, Judgement> judge, string? next = null)
    {
        var judgement = value.IsKnown
            ? judge(value)
            : new Judgement(Verdict.NotMeasured, value.Reason!, Next: value.Remedy ?? next);

        return new PromiseVerdict
        {
            Id = id,
            Repository = value.Repository,
            Promise = promise,
            Verdict = judgement.Verdict,
            Measured = judgement.Measured,
            Reason = judgement.Reason,
            Next = judgement.Next,
            Measures = [value.Measure.Name],
            Limit = judgement.Limit,
        };
    }
}

/// <summary>The outcome for one value.</summary>
readonly record struct Judgement(
    Verdict Verdict, string Measured, string? Reason = null, string? Next = null, double? Limit = null);
