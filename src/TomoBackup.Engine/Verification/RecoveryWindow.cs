using System.Globalization;
using TomoBackup.Postgres;

namespace TomoBackup.Verification;

/// <summary>A span of archived WAL of one timeline without a hole.</summary>
public sealed record RecoveryWindow
{
    /// <summary>The segments.</summary>
    public required WalRange Wal { get; init; }

    /// <summary>Where its first segment begins.</summary>
    public required Lsn Start { get; init; }

    /// <summary>Behind the last whole record, by the last segment's notes; the end of that segment where they cannot be
    /// read.</summary>
    public required Lsn End { get; init; }

    /// <summary>The last commit that the notes of its last segments speak of; null where none was found.</summary>
    public required DateTimeOffset? LastCommit { get; init; }

    /// <summary>The oldest backup that can be rolled forward through it to its end; null where there is none.</summary>
    public required string? Backup { get; init; }

    /// <summary>The first moment that can be reached with that backup.</summary>
    public required DateTimeOffset? Earliest { get; init; }

    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        var span = string.Create(CultureInfo.InvariantCulture, $"timeline {Wal.Timeline}: {Start} to {End}");
        var commit = LastCommit is { } last ? $", last commit {Text(last)}" : "";

        return Backup is null
            ? $"{span}{commit}, and no backup of this timeline to begin at"
            : $"{span}{commit}, reachable from {Text(Earliest!.Value)} on with backup '{Backup}'";
    }

    static string Text(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff 'UTC'", CultureInfo.InvariantCulture);
}
