namespace TomoBackup.Backups;

/// <summary>What a backup will copy. A value: printing it is the dry run.</summary>
/// <param name="Files">Files of the data directory but for pg_control, largest first, so that workers end
/// together.</param>
/// <param name="Directories">All directories, parents first.</param>
/// <param name="ConfigFiles">Configuration files that lie outside the data directory, absolute.</param>
/// <param name="Skipped">How many entries were left out, by reason.</param>
public sealed record BackupPlan(
    IReadOnlyList<PlannedFile> Files,
    IReadOnlyList<PlannedDirectory> Directories,
    IReadOnlyList<PlannedFile> ConfigFiles,
    IReadOnlyDictionary<string, int> Skipped)
{
    /// <summary>Bytes to read.</summary>
    public long Bytes { get; } = Files.Sum(f => f.Length) + ConfigFiles.Sum(f => f.Length);
}

/// <summary>A file to copy.</summary>
/// <param name="Path">Relative to the data directory; absolute for a configuration file.</param>
/// <param name="Source">Where to read it.</param>
/// <param name="Length">Bytes when it was listed.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Modified">Last change.</param>
/// <param name="FirstBlock">Number of its first block in its relation fork; null where it has no page
/// checksums.</param>
public sealed record PlannedFile(
    string Path, string Source, long Length, UnixFileMode Mode, DateTimeOffset Modified, uint? FirstBlock);

/// <summary>A directory to record.</summary>
public sealed record PlannedDirectory(string Path, UnixFileMode Mode);
