using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>
/// Debian keeps configuration outside the data directory. A copy restored elsewhere finds it below
/// <c>external_config</c>, and must be told to read it there and to stay in its own directory.
/// </summary>
static class OutsideConfiguration
{
    const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

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

    /// <summary>Puts a file back to where the cluster reads it, whole or not at all: a later restore finds it there and
    /// leaves it alone.</summary>
    /// <param name="tool">Opens its frames.</param>
    /// <param name="line">The file; its path is absolute.</param>
    /// <param name="files">This machine's.</param>
    /// <param name="giveAway">Gives a new file or folder to the server's user.</param>
    public static async ValueTask RestoreAsync(
        FileRestorer tool,
        FileListLine line,
        IFileSystem files,
        Action<string> giveAway,
        CancellationToken cancellationToken)
    {
        var pending = $"{line.Path}.tomo-backup-unfinished";
        var folder = Path.GetDirectoryName(line.Path)!;

        MakeFolders(folder, files, giveAway);
        files.DeleteFile(pending);
        await tool.RestoreAsync(line, pending, cancellationToken).ConfigureAwait(false);
        giveAway(pending);
        files.SyncFileSystem(pending);

        // Somebody else's file, if one came meanwhile, is left alone.
        files.TryRename(pending, line.Path!);
        files.DeleteFile(pending);
        files.SyncDirectory(folder);
    }

    static void MakeFolders(string folder, IFileSystem files, Action<string> giveAway)
    {
        if (files.Stat(folder) is not null)
            return;

        MakeFolders(Path.GetDirectoryName(folder)!, files, giveAway);
        files.CreateDirectory(folder, FolderMode);
        giveAway(folder);
    }

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
