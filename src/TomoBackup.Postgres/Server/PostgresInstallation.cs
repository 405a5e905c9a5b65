using System.Globalization;
using System.Text.RegularExpressions;

namespace TomoBackup.Postgres.Server;

/// <summary>One installed PostgreSQL: a folder of programs of one version.</summary>
public sealed partial record PostgresInstallation
{
    static readonly string[] VersionedFolders =
        ["/usr/lib/postgresql", "/usr/pgsql-", "/usr/local/pgsql-", "/opt/pgsql-"];

    /// <summary>Absolute folder of <c>postgres</c>, <c>initdb</c> and the others.</summary>
    public required string BinDirectory { get; init; }

    /// <summary>As the program prints it: <c>18.6 (Debian 18.6-3)</c>.</summary>
    public required string Version { get; init; }

    /// <summary>15, 16, 17, 18.</summary>
    public required int Major { get; init; }

    /// <summary>Absolute path of one of its programs; whether it is installed is not looked at.</summary>
    public string BinaryFor(string program) => Path.Combine(BinDirectory, program);

    /// <summary>Asks the <c>postgres</c> of a folder for its version. Null where there is none, or it does not
    /// run.</summary>
    public static async Task<PostgresInstallation?> OpenAsync(
        string binDirectory, IProcessRunner runner, CancellationToken cancellationToken)
    {
        var program = Path.Combine(Path.GetFullPath(binDirectory), "postgres");

        if (!File.Exists(program))
            return null;

        var result = await runner.RunAsync(new ProcessRequest(program, "--version"), cancellationToken)
            .ConfigureAwait(false);

        return result.ExitCode == 0 && VersionLine.Match(result.Output) is { Success: true } match
            ? new PostgresInstallation
            {
                BinDirectory = Path.GetDirectoryName(program)!,
                Version = match.Groups["version"].Value,
                Major = int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture),
            }
            : null;
    }

    /// <summary>
    /// Finds the programs of a major version: in the folder that is named (then nowhere else), in PATH, in the folders
    /// that the Debian and PGDG packages use. Null where there is none; <see cref="PostgresServerException"/> where the
    /// named folder holds another version.
    /// </summary>
    public static async Task<PostgresInstallation?> FindAsync(
        int major, string? binDirectory, IProcessRunner runner, CancellationToken cancellationToken)
    {
        foreach (var folder in binDirectory is null ? UsualFolders(major) : [binDirectory])
        {
            var found = await OpenAsync(folder, runner, cancellationToken).ConfigureAwait(false);

            if (found?.Major == major)
                return found;

            if (found is not null && binDirectory is not null)
                throw new PostgresServerException(
                    ServerFailure.Refused, $"'{binDirectory}' holds PostgreSQL {found.Major}, not {major}");
        }

        return null;
    }

    static IEnumerable<string> UsualFolders(int major)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            ':', StringSplitOptions.RemoveEmptyEntries))
            yield return RealFolder(folder);

        foreach (var folder in VersionedFolders)
            yield return Path.Combine(
                folder.EndsWith('-') ? $"{folder}{major}" : $"{folder}/{major}", "bin");

        yield return "/usr/local/pgsql/bin";
    }

    /// <summary>A link in PATH points at one program of an installation whose others stand beside its target.</summary>
    static string RealFolder(string folder)
        => new FileInfo(Path.Combine(folder, "postgres")) is { Exists: true, LinkTarget: not null } link
            && link.ResolveLinkTarget(returnFinalTarget: true) is { } target
                ? Path.GetDirectoryName(target.FullName)!
                : folder;

    [GeneratedRegex(@"^postgres \(PostgreSQL\) (?<version>(?<major>\d+)\S*.*)$", RegexOptions.Multiline)]
    static partial Regex VersionLine { get; }
}
