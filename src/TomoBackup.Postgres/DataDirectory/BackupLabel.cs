using System.Globalization;

namespace TomoBackup.Postgres.DataDirectory;

/// <summary>
/// What <c>backup_label</c> says. PostgreSQL is strict about this file's bytes: keep the text of pg_backup_stop as it
/// came and write that, never a text made from these values.
/// </summary>
public sealed record BackupLabel
{
    /// <summary>Where replay begins: the redo position of the backup's checkpoint.</summary>
    public required Lsn StartWal { get; init; }

    /// <summary>The file name of the segment that holds it.</summary>
    public required string StartWalFile { get; init; }

    /// <summary>The backup's checkpoint record.</summary>
    public required Lsn Checkpoint { get; init; }

    /// <summary>"streamed" in all supported versions; it makes the end-of-backup record mandatory.</summary>
    public required string Method { get; init; }

    /// <summary>True where the server was in recovery: the end is then pg_control's minimum recovery point.</summary>
    public required bool FromStandby { get; init; }

    /// <summary>As printed, in the server's log_timezone, whose abbreviation need not be unique.</summary>
    public required string StartTime { get; init; }

    /// <summary>The name that was given to the backup; it may hold line breaks.</summary>
    public required string Label { get; init; }

    /// <summary>The timeline of the segment above.</summary>
    public required uint StartTimeline { get; init; }

    /// <summary>
    /// Only in a server-made incremental backup: it is no data directory until pg_combinebackup joined it.
    /// </summary>
    public Lsn? IncrementalFrom { get; init; }

    /// <summary>Reads the label's exact text.</summary>
    /// <exception cref="PostgresFormatException">PostgreSQL would refuse it, or could not have written it.</exception>
    public static BackupLabel Parse(ReadOnlySpan<char> text)
    {
        if (text.Contains('\r'))
            throw new PostgresFormatException("backup label has carriage returns, which PostgreSQL refuses");

        var startWal = Take(ref text, "START WAL LOCATION: ");
        var checkpoint = Take(ref text, "CHECKPOINT LOCATION: ");
        var method = Take(ref text, "BACKUP METHOD: ");
        var from = Take(ref text, "BACKUP FROM: ");
        var startTime = Take(ref text, "START TIME: ");
        var label = TakeLabel(ref text);
        var timeline = Take(ref text, "START TIMELINE: ");
        var (position, file) = ParseStart(startWal);

        return new BackupLabel
        {
            StartWal = position,
            StartWalFile = file,
            Checkpoint = ParseLsn(checkpoint),
            Method = method.ToString(),
            FromStandby = from switch
            {
                "standby" => true,
                "primary" => false,
                _ => throw new PostgresFormatException($"backup label comes from '{from}', which is no kind of server"),
            },
            StartTime = startTime.ToString(),
            Label = label.ToString(),
            StartTimeline = ParseTimeline(timeline, file),
            IncrementalFrom = text.IsEmpty ? null : ParseLsn(Take(ref text, "INCREMENTAL FROM LSN: ")),
        };
    }

    static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> text, string key)
    {
        if (!text.StartsWith(key) || text.IndexOf('\n') is not (>= 0 and var end))
            throw new PostgresFormatException($"backup label has no line '{key.TrimEnd()}' where it belongs");

        var value = text[key.Length..end];
        text = text[(end + 1)..];
        return value;
    }

    /// <summary>The label alone may hold line breaks, so it ends where the last timeline line begins.</summary>
    static ReadOnlySpan<char> TakeLabel(ref ReadOnlySpan<char> text)
    {
        const string Key = "LABEL: ";
        var end = text.LastIndexOf("\nSTART TIMELINE: ");

        if (!text.StartsWith(Key) || end < Key.Length)
            throw new PostgresFormatException("backup label has no line 'LABEL:' where it belongs");

        var label = text[Key.Length..end];
        text = text[(end + 1)..];
        return label;
    }

    static (Lsn Position, string File) ParseStart(ReadOnlySpan<char> value)
    {
        const string Between = " (file ";
        var between = value.IndexOf(Between);

        if (between < 0 || value is not [.., ')'] || value.Length != between + Between.Length + 24 + 1)
            throw new PostgresFormatException($"backup label starts at '{value}', which names no segment");

        return (ParseLsn(value[..between]), value[(between + Between.Length)..^1].ToString());
    }

    static uint ParseTimeline(ReadOnlySpan<char> value, string file)
    {
        if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var timeline)
            || !file.StartsWith($"{timeline:X8}", StringComparison.Ordinal))
            throw new PostgresFormatException($"backup label's timeline '{value}' is not that of its file '{file}'");

        return timeline;
    }

    static Lsn ParseLsn(ReadOnlySpan<char> value)
        => Lsn.TryParse(value, null, out var lsn)
            ? lsn
            : throw new PostgresFormatException($"backup label has '{value}' where a WAL position belongs");
}
