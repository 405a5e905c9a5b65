namespace TomoBackup.Setup;

/// <summary>A statement that <c>setup</c> finds missing.</summary>
/// <param name="Statement">SQL without its semicolon.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="NeedsRestart">True where it takes effect at the next start of the server only.</param>
public sealed record SetupStep(string Statement, string Reason, bool NeedsRestart = false);

/// <summary>What a server lacks for backups and archiving.</summary>
/// <param name="Steps">In the order in which they are to be run.</param>
/// <param name="AwaitRestart">Settings that are configured already and wait for a restart.</param>
/// <param name="Remarks">What a person should know before.</param>
public sealed record SetupPlan(
    IReadOnlyList<SetupStep> Steps, IReadOnlyList<string> AwaitRestart, IReadOnlyList<string> Remarks)
{
    /// <summary>Makes the server read its configuration again.</summary>
    public const string Reload = "SELECT pg_catalog.pg_reload_conf()";

    /// <summary>All statements, and the reload where settings are among them.</summary>
    public IReadOnlyList<string> Statements()
        => Steps.Any(step => step.Statement.StartsWith("ALTER SYSTEM", StringComparison.Ordinal))
            ? [.. Steps.Select(step => step.Statement), Reload]
            : [.. Steps.Select(step => step.Statement)];
}

/// <summary>What <c>setup</c> found and did.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Role">The policy's role.</param>
/// <param name="Server">Where the server is, without secrets.</param>
/// <param name="Plan">What was missing.</param>
/// <param name="Applied">True where it was run.</param>
/// <param name="AwaitRestart">Settings that wait for a restart of the server now.</param>
/// <param name="Refusal">Why the role cannot open a session, in the server's words; null where it can, or where that
/// was not to be expected yet.</param>
public sealed record SetupReport(
    string Cluster,
    string Role,
    string Server,
    SetupPlan Plan,
    bool Applied,
    IReadOnlyList<string> AwaitRestart,
    string? Refusal);
