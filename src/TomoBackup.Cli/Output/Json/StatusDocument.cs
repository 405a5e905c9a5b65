using System.Text.Json;
using TomoBackup.Measurements;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>status --json</c> answers (<c>docs/operate/status.md</c>).</summary>
/// <param name="Holds">True where every promise holds; the exit code is 0 then.</param>
/// <param name="Exit">The exit code.</param>
/// <param name="Clusters">In the order of the policy.</param>
sealed record StatusDocument(bool Holds, int Exit, IReadOnlyList<ClusterStatusDocument> Clusters)
{
    public static StatusDocument Of(IReadOnlyList<ClusterStatus> clusters, ErrorCode exit)
        => new(exit == ErrorCode.Ok, (int)exit, [.. clusters.Select(ClusterStatusDocument.Of)]);
}

/// <summary>One cluster of <see cref="StatusDocument"/>.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Time">When it was looked at.</param>
/// <param name="Holds">True where every promise holds.</param>
/// <param name="Promises">Worst first.</param>
/// <param name="Measurements">Every measure of the catalogue.</param>
sealed record ClusterStatusDocument(
    string Cluster,
    DateTimeOffset Time,
    bool Holds,
    IReadOnlyList<PromiseDocument> Promises,
    IReadOnlyList<MeasurementDocument> Measurements)
{
    public static ClusterStatusDocument Of(ClusterStatus status) => new(
        status.Cluster,
        status.Values.At,
        status.Holds,
        [.. status.Promises.Select(PromiseDocument.Of)],
        [.. status.Values.All.Select(MeasurementDocument.Of)]);
}

/// <summary>One promise of <see cref="ClusterStatusDocument"/>.</summary>
/// <param name="Id">Its stable name.</param>
/// <param name="Repository">Left out where it is not about one.</param>
/// <param name="Promise">What is promised.</param>
/// <param name="Verdict"><c>missed</c>, <c>at_risk</c>, <c>not_measured</c> or <c>held</c>.</param>
/// <param name="Measured">What was measured, or why nothing was.</param>
/// <param name="Reason">More about it; left out where there is none.</param>
/// <param name="Next">What to do; left out where there is nothing.</param>
/// <param name="Measures">Names of the measures that it rests on.</param>
/// <param name="Limit">What the first of them is held against, in its unit; left out where it is no number.</param>
sealed record PromiseDocument(
    string Id,
    string? Repository,
    string Promise,
    string Verdict,
    string Measured,
    string? Reason,
    string? Next,
    IReadOnlyList<string> Measures,
    double? Limit)
{
    public static PromiseDocument Of(PromiseVerdict promise) => new(
        promise.Id,
        promise.Repository,
        promise.Promise,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(promise.Verdict.ToString()),
        promise.Measured,
        promise.Reason,
        promise.Next,
        promise.Measures,
        promise.Limit);
}

/// <summary>One measured value of <see cref="ClusterStatusDocument"/>: exactly one of number, moment, text and
/// reason.</summary>
/// <param name="Name">The measure's name in the catalogue.</param>
/// <param name="Repository">Left out for a value of the cluster.</param>
/// <param name="State"><c>known</c>, <c>not_measured</c> or <c>could_not_measure</c>.</param>
/// <param name="Unit"><c>seconds</c>, <c>bytes</c>, <c>count</c>, <c>percent</c>, <c>moment</c> or <c>text</c>.</param>
/// <param name="Number">In that unit.</param>
/// <param name="Moment">In UTC.</param>
/// <param name="Text">A name or a word.</param>
/// <param name="Reason">Why it is not known.</param>
sealed record MeasurementDocument(
    string Name,
    string? Repository,
    string State,
    string Unit,
    double? Number,
    DateTimeOffset? Moment,
    string? Text,
    string? Reason)
{
    public static MeasurementDocument Of(Measurement value) => new(
        value.Measure.Name,
        value.Repository,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.State.ToString()),
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.Measure.Unit.ToString()),
        value.Number,
        value.Moment,
        value.Text,
        value.Reason);
}
