using TomoBackup.Setup;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>setup --json</c> answers.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Role">The policy's role.</param>
/// <param name="Server">Where the server is.</param>
/// <param name="Applied">True where the statements were run.</param>
/// <param name="Statements">What was missing, in its order.</param>
/// <param name="AwaitRestart">Settings that wait for a restart of the server.</param>
/// <param name="Remarks">What a person should know before.</param>
/// <param name="Refusal">Why the role cannot log in; left out where it can.</param>
sealed record SetupDocument(
    string Cluster,
    string Role,
    string Server,
    bool Applied,
    IReadOnlyList<SetupStatement> Statements,
    IReadOnlyList<string> AwaitRestart,
    IReadOnlyList<string> Remarks,
    string? Refusal)
{
    public static SetupDocument Of(SetupReport report) => new(
        report.Cluster,
        report.Role,
        report.Server,
        report.Applied,
        [.. report.Plan.Steps.Select(step => new SetupStatement(step.Statement, step.Reason, step.NeedsRestart))],
        report.AwaitRestart,
        report.Plan.Remarks,
        report.Refusal);
}

/// <summary>One statement of <see cref="SetupDocument"/>.</summary>
sealed record SetupStatement(string Sql, string Reason, bool NeedsRestart);
