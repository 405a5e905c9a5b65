namespace TomoBackup.Testing;

/// <summary>What build/setup found or brought: in variables where <c>./test</c> runs us, else in the file that it wrote
/// (lines NAME=value).</summary>
static class SetUpNotes
{
    const string NotesFile = "/var/cache/tomo-backup-dev/env";

    public static string? Find(string variable)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : Noted(variable);

    static string? Noted(string variable)
        => File.Exists(NotesFile)
            ? File.ReadLines(NotesFile)
                .Where(line => line.StartsWith($"{variable}=", StringComparison.Ordinal))
                .Select(line => line[(variable.Length + 1)..].Trim('"', '\''))
                .LastOrDefault()
            : null;
}
