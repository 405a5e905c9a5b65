namespace TomoBackup.Policies.Review;

/// <summary>How keys of a repository begin (<c>docs/format</c> §2), as the rules of a bucket see them. This room knows
/// nothing of repositories, so the words stand here again; a test keeps them in step with the layout.</summary>
static class LifecyclePrefixes
{
    public const string Wal = "wal/";
    public const string Backup = "backup/";
    public const string Dump = "dump/";
    public const string Config = "config/";

    /// <summary>Without one of these nothing can be restored or believed, however young the backup is.</summary>
    public static IReadOnlyList<string> NeverExpire { get; } =
        ["keys/", "history/", "lineage/", "evidence/", "repository.json"];

    /// <summary>True where a rule for one prefix deletes something that stands below the other.</summary>
    public static bool Touches(string rule, string prefix)
    {
        var written = rule.TrimStart('/');

        return written.StartsWith(prefix, StringComparison.Ordinal)
            || prefix.StartsWith(written, StringComparison.Ordinal);
    }
}
