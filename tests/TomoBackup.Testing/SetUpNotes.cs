using Xunit;

namespace TomoBackup.Testing;

/// <summary>What <c>build/setup</c> brought: from the environment, as <c>./test</c> gives it, or from the file where it
/// noted it.</summary>
public static class SetUpNotes
{
    const string NotesFile = "/var/cache/tomo-backup-dev/env";

    /// <summary>Null where neither names the variable.</summary>
    public static string? Read(string variable)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : Noted(variable);

    /// <summary>Path of a program; fails the test where there is none, for a skipped test looks like a passed one.
    /// </summary>
    public static string Program(string variable)
    {
        var path = Read(variable);

        if (!File.Exists(path))
            Assert.Fail($"'{path}' is not here: run build/setup, or name the program in {variable}");

        return path!;
    }

    // build/setup writes lines NAME=value.
    static string? Noted(string variable)
        => File.Exists(NotesFile)
            ? File.ReadLines(NotesFile)
                .Where(line => line.StartsWith($"{variable}=", StringComparison.Ordinal))
                .Select(line => line[(variable.Length + 1)..].Trim('"', '\''))
                .LastOrDefault()
            : null;
}
