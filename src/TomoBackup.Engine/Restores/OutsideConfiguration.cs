using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>
/// Debian keeps configuration outside the data directory. A copy restored elsewhere finds it below
/// <c>external_config</c>, and must be told to read it there and to stay in its own directory.
/// </summary>
static class OutsideConfiguration
{
    /// <summary>Settings for a start with the restored configuration files; none where the data directory has its
    /// own.</summary>
    public static IReadOnlyDictionary<string, string> Settings(IFileSystem files, string directory)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);

        if (files.Stat($"{directory}/postgresql.conf") is not null)
            return settings;

        foreach (var (setting, name) in Files)
            if (Find(files, $"{directory}/{RestoreRun.ConfigFolder}", name) is { } path)
                settings[setting] = path;

        if (settings.Count > 0)
            settings["data_directory"] = directory;

        return settings;
    }

    /// <summary>Settings for a start in place: the files stand, or stand again, where the cluster read them.</summary>
    public static IReadOnlyDictionary<string, string> InPlace(ClusterDocument cluster, string directory)
        => Files
            .Select(file => (file.Setting, Path: cluster.Settings.GetValueOrDefault(file.Setting, "")))
            .Where(file => file.Path.StartsWith('/')
                && !file.Path.StartsWith($"{directory}/", StringComparison.Ordinal))
            .ToDictionary(file => file.Setting, file => file.Path, StringComparer.Ordinal);

    static string? Find(IFileSystem files, string folder, string name)
    {
        if (files.Stat(folder) is null)
            return null;

        foreach (var entry in files.List(folder))
            if (entry.Kind == FileKind.File && entry.Name == name)
                return $"{folder}/{name}";
            else if (entry.Kind == FileKind.Directory && Find(files, $"{folder}/{entry.Name}", name) is { } found)
                return found;

        return null;
    }

    static readonly (string Setting, string Name)[] Files =
    [
        ("config_file", "postgresql.conf"), ("hba_file", "pg_hba.conf"), ("ident_file", "pg_ident.conf"),
    ];
}
