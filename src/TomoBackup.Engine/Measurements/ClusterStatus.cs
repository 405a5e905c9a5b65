namespace TomoBackup.Measurements;

/// <summary>How one cluster stands: what <c>status</c> tells.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Values">What was measured.</param>
/// <param name="Promises">Worst first.</param>
public sealed record ClusterStatus(string Cluster, MeasurementSet Values, IReadOnlyList<PromiseVerdict> Promises)
{
    /// <summary>True where every promise holds.</summary>
    public bool Holds => Promises.All(promise => promise.Verdict == Verdict.Held);

    /// <summary>How many stand so.</summary>
    public int Count(Verdict verdict) => Promises.Count(promise => promise.Verdict == verdict);
}
