using TomoBackup.Postgres;
using TomoBackup.Repositories;

namespace TomoBackup.Restores;

/// <summary>What a restore will do: a value that is printed for <c>--plan</c> and carried out otherwise.</summary>
sealed record RestorePlan
{
    /// <summary>The backup that files come from.</summary>
    public required Manifest Backup { get; init; }

    /// <summary>What was asked for.</summary>
    public required RestoreTarget Target { get; init; }

    /// <summary>The timeline that recovery follows, a number always: "latest" gives other data once another
    /// exists.</summary>
    public required uint Timeline { get; init; }

    /// <summary>What PostgreSQL is told.</summary>
    public required RecoveryGoal Goal { get; init; }

    /// <summary>End of the last record that will be replayed; recovery is compared with it. Null where it cannot be
    /// known before.</summary>
    public required Lsn? ExpectedEnd { get; init; }

    /// <summary>Time of the last commit that will be there; null where none follows the backup's own end.</summary>
    public required DateTimeOffset? LastCommit { get; init; }

    /// <summary>Segments that recovery reads from the archive, behind those that the backup carries.</summary>
    public required IReadOnlyList<ChainSegment> Wal { get; init; }

    /// <summary>What a person should know before it is done.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}

/// <summary>An explicit recovery target in PostgreSQL's words.</summary>
/// <param name="Setting">Name of the setting: <c>recovery_target_lsn</c>, …</param>
/// <param name="Value">Its value.</param>
/// <param name="Inclusive">recovery_target_inclusive; null where it does not apply.</param>
sealed record RecoveryGoal(string Setting, string Value, bool? Inclusive)
{
    const string Position = "recovery_target_lsn";

    /// <summary>True where recovery applies the record that makes it stop.</summary>
    public bool StopsBehindARecord => Setting == Position && Inclusive is true;

    public static RecoveryGoal Immediate { get; } = new("recovery_target", "immediate", null);

    public static RecoveryGoal At(Lsn record, bool inclusive) => new(Position, record.ToString(), inclusive);

    public static RecoveryGoal At(DateTimeOffset time, bool inclusive)
        => new("recovery_target_time", $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}+00", inclusive);
}
