namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>policy render --json</c> answers.</summary>
/// <param name="Policy">Path of the policy file.</param>
/// <param name="File">The file that was written, or that is as it should be; left out where there is none.</param>
/// <param name="Document">The document, where it was not written to a file.</param>
sealed record PolicyRenderDocument(string Policy, string? File, string? Document);
