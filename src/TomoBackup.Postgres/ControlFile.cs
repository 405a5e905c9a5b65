using System.Buffers.Binary;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Postgres;

/// <summary>
/// <c>global/pg_control</c>: a cluster's identity, its state and the settings that recovery must not lower.
/// Layouts of 15 to 18 on little-endian machines, checked against pg_controldata.
/// </summary>
public sealed partial record ControlFile
{
    /// <summary>The file is always this long; the server reads and writes it in one piece.</summary>
    public const int FileBytes = 8192;

    /// <summary>
    /// A checkpoint position that no server can start from, in the never existing segment zero.
    /// </summary>
    public static Lsn UnusableCheckpoint { get; } = new(0xDEAD);

    /// <summary>Chosen at random by initdb; what belongs to another cluster has another one.</summary>
    public required ulong SystemIdentifier { get; init; }

    /// <summary>15 to 18, told by catalog and control version together.</summary>
    public required int MajorVersion { get; init; }

    /// <summary>Version of the system catalogs; part of a tablespace's directory name.</summary>
    public required uint CatalogVersion { get; init; }

    /// <summary>What the server was doing when it last wrote the file.</summary>
    public required ClusterState State { get; init; }

    /// <summary>When that was.</summary>
    public required DateTimeOffset LastUpdate { get; init; }

    /// <summary>The last checkpoint record.</summary>
    public required Lsn Checkpoint { get; init; }

    /// <summary>Where replay from that checkpoint begins.</summary>
    public required Lsn Redo { get; init; }

    /// <summary>Timeline of the checkpoint.</summary>
    public required uint Timeline { get; init; }

    /// <summary>Timeline before it; different where the checkpoint ended a recovery.</summary>
    public required uint PreviousTimeline { get; init; }

    /// <summary>full_page_writes as of the checkpoint.</summary>
    public required bool FullPageWrites { get; init; }

    /// <summary>Next transaction number, with its epoch in the high half.</summary>
    public required ulong NextXid { get; init; }

    /// <summary>Next object number.</summary>
    public required uint NextOid { get; init; }

    /// <summary>Next multixact number.</summary>
    public required uint NextMultiXact { get; init; }

    /// <summary>Next multixact member offset.</summary>
    public required uint NextMultiXactOffset { get; init; }

    /// <summary>Oldest transaction number not yet frozen.</summary>
    public required uint OldestXid { get; init; }

    /// <summary>Database in which it is.</summary>
    public required uint OldestXidDatabase { get; init; }

    /// <summary>When the checkpoint was made.</summary>
    public required DateTimeOffset CheckpointTime { get; init; }

    /// <summary>Counter for unlogged relations.</summary>
    public required Lsn UnloggedLsn { get; init; }

    /// <summary>Replay must reach this before the data is consistent; zero outside of recovery.</summary>
    public required Lsn MinRecoveryPoint { get; init; }

    /// <summary>Timeline of that point.</summary>
    public required uint MinRecoveryPointTimeline { get; init; }

    /// <summary>Start of the backup that is being recovered; zero where none is.</summary>
    public required Lsn BackupStart { get; init; }

    /// <summary>End of it, where it came from a standby.</summary>
    public required Lsn BackupEnd { get; init; }

    /// <summary>True where recovery waits for an end-of-backup record.</summary>
    public required bool BackupEndRequired { get; init; }

    /// <summary>wal_level.</summary>
    public required WalLevel WalLevel { get; init; }

    /// <summary>wal_log_hints.</summary>
    public required bool WalLogHints { get; init; }

    /// <summary>A hot standby needs at least this much.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>A hot standby needs at least this much.</summary>
    public required int MaxWorkerProcesses { get; init; }

    /// <summary>A hot standby needs at least this much.</summary>
    public required int MaxWalSenders { get; init; }

    /// <summary>A hot standby needs at least this much.</summary>
    public required int MaxPreparedTransactions { get; init; }

    /// <summary>A hot standby needs at least this much.</summary>
    public required int MaxLocksPerTransaction { get; init; }

    /// <summary>track_commit_timestamp.</summary>
    public required bool TrackCommitTimestamp { get; init; }

    /// <summary>Bytes of a data page.</summary>
    public required int BlockBytes { get; init; }

    /// <summary>Pages in each segment file of a relation.</summary>
    public required uint BlocksPerSegment { get; init; }

    /// <summary>Bytes of a WAL page.</summary>
    public required int WalBlockBytes { get; init; }

    /// <summary>Bytes of a WAL segment.</summary>
    public required WalSegmentSize WalSegmentSize { get; init; }

    /// <summary>
    /// True where data pages carry checksums. pg_checksums changes it without any WAL: a change between two backups
    /// forces a full one.
    /// </summary>
    public required bool DataChecksums { get; init; }

    /// <summary>True after a clean stop: the directory is then consistent as it lies there.</summary>
    public bool IsCleanlyShutDown => State is ClusterState.ShutDown or ClusterState.ShutDownInRecovery;

    /// <summary>
    /// A copy of a valid file from which no server starts without backup_label: the checkpoint is
    /// <see cref="UnusableCheckpoint"/>, all else stays, the checksum is right. Without it, a restored directory that
    /// lost its label would start silently from the wrong checkpoint.
    /// </summary>
    /// <exception cref="PostgresFormatException">The bytes are no valid control file.</exception>
    public static byte[] WithUnusableCheckpoint(ReadOnlySpan<byte> bytes)
    {
        var file = Parse(bytes);
        var copy = bytes.ToArray();
        var checksumAt = ChecksumOffset(file.MajorVersion);

        BinaryPrimitives.WriteUInt64LittleEndian(copy.AsSpan(CheckpointOffset), UnusableCheckpoint.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(checksumAt), Crc32C.Compute(copy.AsSpan(0, checksumAt)));
        return copy;
    }
}
