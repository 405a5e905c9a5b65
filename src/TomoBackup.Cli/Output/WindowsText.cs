using TomoBackup.Cli.Output.Json;
using TomoBackup.Measurements;

namespace TomoBackup.Cli.Output;

/// <summary>How <c>windows</c> is told.</summary>
static class WindowsText
{
    /// <summary>All clusters.</summary>
    public static void Show(
        IReadOnlyList<ClusterWindows> clusters, ErrorCode exit, Glyphs glyphs, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(WindowsDocument.Of(clusters, exit), ReportJson.Plain.WindowsDocument);
            return;
        }

        foreach (var (index, cluster) in clusters.Index())
        {
            if (index > 0)
                output.Say("");

            foreach (var line in WindowsScreen.Draw(cluster, output.Screen(glyphs)))
                output.Say(line);
        }
    }
}
