using TomoBackup.Postgres;

namespace TomoBackup.Restores;

/// <summary>The moment that a restore is to arrive at. A closed family.</summary>
public abstract record RestoreTarget
{
    RestoreTarget()
    {
    }

    /// <summary>Everything that the archive holds.</summary>
    public sealed record Latest : RestoreTarget
    {
        /// <inheritdoc/>
        public override string ToString() => "the end of the archive";
    }

    /// <summary>The first moment at which the backup is consistent.</summary>
    public sealed record Immediate : RestoreTarget
    {
        /// <inheritdoc/>
        public override string ToString() => "the end of the backup";
    }

    /// <summary>All transactions that were committed at this time or before (exclusive: before it).</summary>
    public sealed record Time(DateTimeOffset At, bool Exclusive) : RestoreTarget
    {
        /// <inheritdoc/>
        public override string ToString()
            => $"{(Exclusive ? "just before " : "")}{At.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff} UTC";
    }

    /// <summary>The first record that begins at this position or behind it, and all before (exclusive: without it), as
    /// PostgreSQL's recovery_target_lsn.</summary>
    public sealed record Position(Lsn At, bool Exclusive) : RestoreTarget
    {
        /// <inheritdoc/>
        public override string ToString() => $"{(Exclusive ? "just before " : "")}LSN {At}";
    }
}
