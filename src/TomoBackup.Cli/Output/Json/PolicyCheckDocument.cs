namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>policy check --json</c> answers for a policy without faults.</summary>
/// <param name="Policy">Path of the file.</param>
/// <param name="Clusters">Names of the clusters.</param>
/// <param name="Repositories">Names of the repositories.</param>
/// <param name="Mode"><c>simple</c>: this host can read backups; <c>sealed</c>: it cannot.</param>
sealed record PolicyCheckDocument(
    string Policy,
    IReadOnlyList<string> Clusters,
    IReadOnlyList<string> Repositories,
    string Mode);
