namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>key generate --json</c> answers.</summary>
/// <param name="File">Path of the secret half.</param>
/// <param name="Recipient">The public half.</param>
sealed record KeyGenerateDocument(string File, string Recipient);
