using TomoBackup.Policies;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>policy show --json</c> answers.</summary>
/// <param name="Policy">Path of the file.</param>
/// <param name="Settings">Every value, in the order of the reference.</param>
sealed record PolicyShowDocument(string Policy, IReadOnlyList<PolicySettingDocument> Settings)
{
    /// <summary>Sections are left out: their values carry them in the path.</summary>
    public static PolicyShowDocument Of(string path, IEnumerable<PolicySetting> settings)
        => new(path, [.. settings.Where(setting => !setting.IsSection).Select(setting => new PolicySettingDocument(
            setting.Path, setting.Value, setting.Line is { } ? "line" : "default", setting.Line, setting.Absent))]);
}

/// <summary>One value of a policy.</summary>
/// <param name="Path">Its place: <c>clusters.main.wal.archive_timeout</c>.</param>
/// <param name="Value">As it is written; left out where nothing is set.</param>
/// <param name="SetBy"><c>line</c> or <c>default</c>.</param>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Absent">What it means that nothing is set.</param>
sealed record PolicySettingDocument(string Path, string? Value, string SetBy, int? Line, string? Absent);
