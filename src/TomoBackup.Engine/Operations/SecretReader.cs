using System.Text;
using TomoBackup.Policies;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>Reads secrets from where the policy says that they are. Messages name the place, never the
/// secret.</summary>
/// <param name="variable">Reads a variable of the environment: systemd says there where its credentials lie.</param>
sealed class SecretReader(IFileSystem files, IProcessRunner processes, Func<string, string?> variable)
{
    const int MaxBytes = 1 << 16;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The secret: the first line, without white space around it.</summary>
    /// <param name="what">What it is, for messages: <c>the secret key of repository 'offsite'</c>.</param>
    /// <exception cref="TomoBackupException">It is not there, is empty, or others can read it
    /// (<see cref="ErrorCode.KeyMissingOrWrong"/>).</exception>
    public string Read(SecretReference? place, string what)
        => place switch
        {
            { Given: { } given } => given,
            { File: { } file } => ReadFile(file, what),
            { Credential: { } name } => ReadFile(CredentialPath(name, what), what),
            { Command: { } command } => FirstLine(RunCommand(command, what), what, "what the command printed"),
            _ => throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong, $"nothing says where {what} is read",
                hint: "Name a file of mode 0600, a systemd credential or a command in the policy."),
        };

    string ReadFile(string path, string what)
    {
        if (files.Stat(path) is not { } facts)
            throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong, $"{what} is to be read from '{path}', which is not there",
                hint: "Write it there, for the user alone that runs tomo-backup (mode 0600).");

        if (facts.IsOpenToOthers)
            throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong, $"'{path}', which holds {what}, can be read by others than its owner",
                hint: $"Run 'chmod 600 {path}'.");

        return FirstLine(Encoding.UTF8.GetString(files.ReadAll(path, MaxBytes) ?? []), what, $"'{path}'");
    }

    string CredentialPath(string name, string what)
        => variable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder
            ? $"{folder}/{name}"
            : throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"{what} is the systemd credential '{name}', and this process was given none",
                hint: "Run it as a unit with 'LoadCredential=', or name a file in the policy.");

    string RunCommand(string command, string what)
    {
        using var patience = new CancellationTokenSource(Patience);

        try
        {
            var result = processes
                .RunAsync(new ProcessRequest("/bin/sh", "-c", command) { OutputLimit = MaxBytes }, patience.Token)
                .GetAwaiter().GetResult();

            // What it complained of may hold anything.
            return result.ExitCode == 0
                ? result.Output
                : throw TomoBackupException.Create(
                    ErrorCode.KeyMissingOrWrong, $"the command for {what} ended with {result.ExitCode}",
                    hint: "Run it by hand, as the user that runs tomo-backup.");
        }
        catch (OperationCanceledException)
        {
            throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"the command for {what} did not end within {Patience.TotalSeconds:0} s",
                hint: "It must not ask anybody anything.");
        }
    }

    static string FirstLine(string text, string what, string where)
        => text.Split('\n', 2)[0].Trim() is { Length: > 0 } line
            ? line
            : throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong, $"{where} is empty and should hold {what}",
                hint: "The secret stands on the first line.");
}
