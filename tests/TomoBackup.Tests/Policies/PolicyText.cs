namespace TomoBackup.Tests.Policies;

/// <summary>Policies to begin from.</summary>
static class PolicyText
{
    /// <summary>The least that is a policy.</summary>
    public const string Least = """
        version: 1
        clusters:
          main: { connection: host=/tmp }
        repositories:
          local: { store: "file:///backup" }
        """;

    /// <summary>The policy that the documentation shows: every section, and all of tomo's figures.</summary>
    public static string Whole => field ??= File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "docs/operate/policy.example.yaml"));
}
