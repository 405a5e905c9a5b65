using System.Globalization;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Retention;

/// <summary>The answer to "why is this still there", or "why will it go", for any object of a repository. Pure.
/// </summary>
/// <param name="Name">What is spoken of: the whole id where a beginning was given.</param>
/// <param name="Fate">What becomes of it; null where the plan knows no such thing.</param>
/// <param name="Sentence">For people, after the name.</param>
sealed record RetentionAnswer(string Name, Fate? Fate, string Sentence)
{
    /// <summary>Looks it up.</summary>
    /// <param name="name">A backup's id or the beginning of one, a WAL file's name, or the key of any object.</param>
    public static RetentionAnswer For(RetentionPlan plan, string name)
    {
        var parts = name.Split('/');

        return parts switch
        {
            ["repository.json"] or ["lineage" or "keys" or "history" or "evidence" or "config" or "dump", ..]
                => new RetentionAnswer(name, Retention.Fate.Stays, "stays: objects of its kind never go"),
            ["lease" or "intent", ..]
                => new RetentionAnswer(name, Retention.Fate.Stays, "stays: it says who needs what, and is over by itself"),
            ["backup", _, _, var backup, ..] => OfBackup(plan, backup),
            ["wal", _, _, _, var file] => OfSegment(plan, file),
            _ => WalFileName.TryParse(name, out var parsed) ? OfFile(plan, name, parsed) : OfBackup(plan, name),
        };
    }

    static RetentionAnswer OfBackup(RetentionPlan plan, string id)
    {
        var backups = plan.Backups.Where(b => b.Backup.Id.StartsWith(id, StringComparison.Ordinal)).Take(2).ToList();

        if (backups is [var backup])
            return Tell(backup.Backup.Id, backup.Fate, string.Join("; ", backup.Grounds), backup.Due);

        return plan.Unfinished.FirstOrDefault(u => u.Folder.Id.StartsWith(id, StringComparison.Ordinal)) is { } folder
            ? Tell(folder.Folder.Id, folder.Fate, folder.Ground.ToString(), folder.Due)
            : new RetentionAnswer(
                id, null, backups.Count > 1 ? "is the beginning of more than one id" : "is not there");
    }

    static RetentionAnswer OfSegment(RetentionPlan plan, string file)
        => WalFileName.TryParse(file.Split('-')[0], out var parsed)
            ? OfFile(plan, file, parsed)
            : new RetentionAnswer(file, null, "is not there");

    static RetentionAnswer OfFile(RetentionPlan plan, string name, WalFileName parsed)
    {
        if (parsed.Kind == WalFileKind.TimelineHistory)
            return new RetentionAnswer(name, Retention.Fate.Stays, "stays: history files never go");

        return parsed.TryGetSegment(plan.SegmentSize, out var segment)
            && plan.Wal.FirstOrDefault(w => w.Timeline == segment.Timeline && w.First <= segment.Number
                && segment.Number <= w.Last) is { } run
            ? Tell(name, run.Fate, run.Ground.ToString(), run.Due)
            : new RetentionAnswer(name, null, "is not there");
    }

    static RetentionAnswer Tell(string name, Fate fate, string why, DateTimeOffset? due)
        => new(name, fate, fate switch
        {
            Retention.Fate.Stays => $"stays: {why}",
            Retention.Fate.Waits => $"waits until {Text(due!.Value)}, then it may go: {why}",
            _ => $"goes with the next run: {why}",
        });

    static string Text(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
