using System.Text;
using TomoBackup.Storage;

namespace TomoBackup.Policies;

/// <summary>What reading a policy gave: the policy, or everything that is wrong with it.</summary>
/// <param name="Policy">Null where there is a finding.</param>
/// <param name="Findings">In the order of the file.</param>
public sealed record PolicyReading(BackupPolicy? Policy, IReadOnlyList<PolicyFinding> Findings);

/// <summary>Finds and reads the policy file.</summary>
public static class PolicyFile
{
    /// <summary>Environment variable with the path of the policy file.</summary>
    public const string Variable = "TOMO_BACKUP_POLICY";

    /// <summary>Where the policy of a machine lies.</summary>
    public const string SystemPath = "/etc/tomo-backup/policy.yaml";

    const string LocalName = "policy.yaml";

    /// <summary>A thousand clusters fit; a data file given by mistake does not.</summary>
    const int MaxBytes = 1 << 20;

    /// <summary>How many links a path may lead through, as the kernel's own limit is there to end circles.</summary>
    const int MaxLinks = 40;

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The path to read: the option, else the variable, else <c>./policy.yaml</c>, else
    /// <see cref="SystemPath"/>. A path that somebody named is never passed over for a later one. Fails with
    /// <see cref="ErrorCode.Policy"/>, naming every place that was looked at.
    /// </summary>
    public static string Locate(
        string? option,
        Func<string, string?> environment,
        string workingDirectory,
        IFileSystem files)
    {
        if (option is { Length: > 0 })
            return Path.GetFullPath(option, workingDirectory);

        if (environment(Variable) is { Length: > 0 } named)
            return Path.GetFullPath(named, workingDirectory);

        string[] places = [Path.Combine(workingDirectory, LocalName), SystemPath];

        return Array.Find(places, place => files.Stat(place) is not null)
            ?? throw TomoBackupException.Create(
                ErrorCode.Policy,
                $"no policy file: looked for --policy, ${Variable}, '{string.Join("', '", places)}'",
                hint: "Name one with --policy FILE, or write one: 'tomo-backup init --help' shows the least.");
    }

    /// <summary>Reads and checks the file at an absolute path. Fails with <see cref="ErrorCode.Policy"/> and all
    /// findings in the message.</summary>
    public static BackupPolicy Load(string path, IFileSystem files) => Load(path, ReadText(path, files));

    /// <summary>Every effective value of the file at an absolute path, and what set it. Fails as
    /// <see cref="Load(string, IFileSystem)"/> does.</summary>
    public static IReadOnlyList<PolicySetting> LoadSettings(string path, IFileSystem files)
    {
        var text = ReadText(path, files);
        Load(path, text);
        return PolicySettings.Of(YamlTree.Read(text, new PolicyFindings(text))!);
    }

    static BackupPolicy Load(string path, string text)
    {
        var reading = Parse(text);

        return reading.Policy ?? throw TomoBackupException.Create(
            ErrorCode.Policy,
            Report(path, reading.Findings),
            hint: "Correct it, then run 'tomo-backup policy check'.");
    }

    /// <summary>Where the keys of the file at an absolute path stand.</summary>
    public static PolicyPlaces Places(string path, IFileSystem files) => PolicyPlaces.Of(ReadText(path, files));

    /// <summary>Reads and checks a policy's text.</summary>
    public static PolicyReading Parse(string text)
    {
        var findings = new PolicyFindings(text);
        var policy = new PolicyBinder(findings).Bind(YamlTree.Read(text, findings));

        return new PolicyReading(findings.IsEmpty ? policy : null, findings.ToList());
    }

    static string Report(string path, IReadOnlyList<PolicyFinding> findings)
    {
        var report = new StringBuilder($"policy '{path}' has {findings.Count} fault{(findings.Count is 1 ? "" : "s")}");

        foreach (var finding in findings)
            report.Append($"\n\n  line {finding.Line}, column {finding.Column}: {finding.Message}\n{finding.Excerpt}");

        return report.Append(findings.Count is 0 ? "" : "\n").ToString();
    }

    static string ReadText(string path, IFileSystem files)
    {
        try
        {
            using var file = files.OpenRead(Follow(path, files)) ?? throw Unreadable(path, "no such file");

            if (file.Length > MaxBytes)
                throw Unreadable(path, $"it is larger than {MaxBytes} bytes");

            var bytes = new byte[file.Length];
            var text = StrictUtf8.GetString(bytes, 0, file.Read(0, bytes));
            return text.TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException notText)
        {
            throw Unreadable(path, "it is not UTF-8 text", notText);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, failure.Message, failure);
        }
    }

    // Files are opened without following a link at the end. Configuration tools place links, and here one does no harm.
    static string Follow(string path, IFileSystem files)
    {
        for (var links = 0; links < MaxLinks; links++)
        {
            if (files.Stat(path)?.LinkTarget is not { } target)
                return path;

            path = Path.GetFullPath(target, Path.GetDirectoryName(path) ?? "/");
        }

        throw Unreadable(path, "it is a circle of links");
    }

    static TomoBackupException Unreadable(string path, string why, Exception? cause = null)
        => TomoBackupException.Create(ErrorCode.Policy, $"unable to read policy '{path}': {why}", cause: cause);
}
