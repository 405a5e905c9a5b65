using System.Text.Json;
using TomoBackup.Setup;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>check --json</c> answers.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Exit">The exit code.</param>
/// <param name="ArchiveSeconds">How long a segment took into every repository; left out where none arrived.</param>
/// <param name="Probes">In the order in which they were tried.</param>
sealed record CheckDocument(string Cluster, int Exit, double? ArchiveSeconds, IReadOnlyList<ProbeDocument> Probes)
{
    public static CheckDocument Of(CheckReport report) => new(
        report.Cluster,
        (int)report.Result,
        report.ArchiveSeconds,
        [.. report.Probes.Select(probe => new ProbeDocument(
            probe.Name,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(probe.Outcome.ToString()),
            probe.Detail,
            probe.Remedy))]);
}

/// <summary>One probe of <see cref="CheckDocument"/>.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Outcome"><c>ok</c>, <c>warning</c>, <c>failed</c> or <c>not_tried</c>.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Remedy">What to do; left out where there is nothing.</param>
sealed record ProbeDocument(string Name, string Outcome, string Detail, string? Remedy);
