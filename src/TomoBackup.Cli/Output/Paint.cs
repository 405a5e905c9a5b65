namespace TomoBackup.Cli.Output;

/// <summary>The few colours that are used, where they are allowed (https://no-color.org).</summary>
static class Paint
{
    public static string Bold(string text, bool allowed) => In("1", text, allowed);

    public static string Red(string text, bool allowed) => In("1;31", text, allowed);

    public static string Yellow(string text, bool allowed) => In("1;33", text, allowed);

    /// <summary>Text in the colour of a tone.</summary>
    public static string In(Tone tone, string text) => tone switch
    {
        Tone.Bad => In("1;31", text, allowed: true),
        Tone.Risky => In("1;33", text, allowed: true),
        Tone.Unknown => In("1;36", text, allowed: true),
        Tone.Good => In("32", text, allowed: true),
        Tone.Strong => In("1", text, allowed: true),
        Tone.Faint => In("2", text, allowed: true),
        _ => text,
    };

    /// <summary>Whether the surroundings allow colours at all.</summary>
    public static bool IsAllowed(Func<string, string?> environment)
        => environment("NO_COLOR") is null or "" && environment("TERM") is not "dumb";

    static string In(string code, string text, bool allowed) => allowed ? $"\e[{code}m{text}\e[0m" : text;
}
