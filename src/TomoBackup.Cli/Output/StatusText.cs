using TomoBackup.Cli.Output.Json;
using TomoBackup.Measurements;

namespace TomoBackup.Cli.Output;

/// <summary>How <c>status</c> is told.</summary>
static class StatusText
{
    /// <summary>All clusters, and the sum of it.</summary>
    public static void Show(IReadOnlyList<ClusterStatus> clusters, Glyphs glyphs, Report output)
    {
        var exit = clusters.All(cluster => cluster.Holds) ? ErrorCode.Ok : ErrorCode.Warnings;

        if (output.IsJson)
        {
            output.Answer(StatusDocument.Of(clusters, exit), ReportJson.Plain.StatusDocument);
            return;
        }

        foreach (var (index, cluster) in clusters.Index())
        {
            if (index > 0)
                output.Say("");

            foreach (var line in StatusScreen.Draw(cluster, output.Screen(glyphs)))
                output.Say(line);
        }
    }
}
