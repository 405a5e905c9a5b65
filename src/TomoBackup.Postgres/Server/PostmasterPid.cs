using System.Globalization;

namespace TomoBackup.Postgres.Server;

/// <summary>
/// Content of <c>postmaster.pid</c> (pidfile.h): eight lines that the server adds while it starts, so all but the
/// first three may be missing.
/// </summary>
/// <param name="Pid">Process id of the postmaster; PostgreSQL writes it negative for a single-user backend.</param>
/// <param name="DataDirectory">As the server was told.</param>
/// <param name="StartedAt">Whole seconds.</param>
/// <param name="Port">Null until known.</param>
/// <param name="SocketDirectory">The first one; null until known or where there is none.</param>
/// <param name="ListenAddress">The first one; null until known or where there is none.</param>
/// <param name="Status">How far the server is.</param>
public sealed record PostmasterPid(
    int Pid,
    string DataDirectory,
    DateTimeOffset StartedAt,
    int? Port,
    string? SocketDirectory,
    string? ListenAddress,
    PostmasterStatus Status)
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "postmaster.pid";

    /// <summary>Null where the text is not (yet) such a file.</summary>
    public static PostmasterPid? Parse(string text)
    {
        var lines = text.Split('\n');

        return lines.Length >= 3
            && int.TryParse(lines[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out var started)
            && pid is not (0 or int.MinValue)
            && started <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? new PostmasterPid(
                    Math.Abs(pid),
                    lines[1],
                    DateTimeOffset.FromUnixTimeSeconds(started),
                    int.TryParse(Line(lines, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                        ? port
                        : null,
                    Line(lines, 4),
                    Line(lines, 5),
                    StatusOf(Line(lines, 7)))
                : null;
    }

    /// <summary>Reads the file of a data directory. Null where there is none or it is half written.</summary>
    public static PostmasterPid? Read(string dataDirectory)
    {
        try
        {
            return Parse(File.ReadAllText(Path.Combine(dataDirectory, FileName)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    static string? Line(string[] lines, int index)
        => index < lines.Length && lines[index].Trim() is { Length: > 0 } line ? line : null;

    static PostmasterStatus StatusOf(string? line) => line switch
    {
        "starting" => PostmasterStatus.Starting,
        "stopping" => PostmasterStatus.Stopping,
        "ready" => PostmasterStatus.Ready,
        "standby" => PostmasterStatus.Standby,
        _ => PostmasterStatus.Unknown,
    };
}

/// <summary>The last line of <c>postmaster.pid</c>.</summary>
public enum PostmasterStatus
{
    /// <summary>Not written yet.</summary>
    Unknown,

    /// <summary>Starting or recovering, takes no connections.</summary>
    Starting,

    /// <summary>Shutting down.</summary>
    Stopping,

    /// <summary>Takes connections.</summary>
    Ready,

    /// <summary>Recovering; takes connections that read, where hot standby is on.</summary>
    Standby,
}
