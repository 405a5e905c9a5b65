namespace TomoBackup.Cli.Output;

/// <summary>The few colours that are used, where they are allowed (https://no-color.org).</summary>
static class Paint
{
    public static string Bold(string text, bool allowed) => In("1", text, allowed);

    public static string Red(string text, bool allowed) => In("1;31", text, allowed);

    public static string Yellow(string text, bool allowed) => In("1;33", text, allowed);

    /// <summary>Whether the surroundings allow colours at all.</summary>
    public static bool IsAllowed(Func<string, string?> environment)
        => environment("NO_COLOR") is null or "" && environment("TERM") is not "dumb";

    static string In(string code, string text, bool allowed) => allowed ? $"\e[{code}m{text}\e[0m" : text;
}
