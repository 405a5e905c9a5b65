using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// What a restore leaves in <c>pg_wal</c> for <c>wal get</c>: which segments recovery may ask for, where they are, and
/// the keys of their epochs. It stands beside the very WAL that these keys protect, belongs to the server's user
/// (0600), and makes a call independent of policy and recovery identity.
/// </summary>
sealed record RecoverySession
{
    /// <summary>Its folder below the data directory: PostgreSQL and pg_verifybackup leave pg_wal's folders
    /// alone.</summary>
    public const string Folder = "pg_wal/tomo-backup";

    const string FileName = "session.json";
    const int MaxBytes = 16 << 20;

    public required string Repository { get; init; }

    public required string Address { get; init; }

    /// <summary>How the address is reached; null for a directory.</summary>
    public StoreAccess? Access { get; init; }

    public required string RepositoryId { get; init; }

    public required LineageId Lineage { get; init; }

    /// <summary>The epoch of the key that names contents.</summary>
    public required EpochId IdEpoch { get; init; }

    public required int SegmentSize { get; init; }

    /// <summary>Segments that the restore put into pg_wal itself.</summary>
    public required IReadOnlyList<SegmentRange> Held { get; init; }

    /// <summary>Segments that recovery needs from the archive.</summary>
    public required IReadOnlyList<SegmentRange> Planned { get; init; }

    /// <summary>Names of planned segments of which only a salvaged, unfinished one exists.</summary>
    public required IReadOnlyList<string> Partial { get; init; }

    public required IReadOnlyList<SessionKey> Keys { get; init; }

    /// <summary>Reads the session of a data directory; null where there is none.</summary>
    public static RecoverySession? TryRead(IFileSystem files, string folder)
        => files.ReadAll($"{folder}/{FileName}", MaxBytes) is { } bytes
            ? JsonSerializer.Deserialize(bytes, RepositoryJson.Default.RecoverySession)
            : null;

    /// <summary>The right to be the one process that works in a session's folder beside the server's own calls. Null
    /// where there is one already, and where the folder is gone.</summary>
    public static IDisposable? TryLock(IFileSystem files, string folder)
        => files.Stat(folder) is null ? null : files.TryLock($"{folder}/ahead.lock");

    /// <summary>Writes it durably, for the owner alone.</summary>
    public void Write(IFileSystem files, string folder)
    {
        files.CreateDirectories(
            folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        files.WriteReplace(
            $"{folder}/{FileName}",
            JsonSerializer.SerializeToUtf8Bytes(this, RepositoryJson.Default.RecoverySession),
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

/// <summary>Consecutive segments of one timeline, both ends included.</summary>
sealed record SegmentRange(uint Timeline, ulong First, ulong Last)
{
    public bool Contains(uint timeline, ulong number) => timeline == Timeline && number >= First && number <= Last;
}

/// <summary>The data key of an epoch, base64 in JSON.</summary>
sealed record SessionKey(EpochId Epoch, byte[] Key);

/// <summary>The keys of a session.</summary>
sealed class SessionKeys(RecoverySession session) : IEpochKeys, IDisposable
{
    readonly Dictionary<EpochId, EpochKey> _keys = session.Keys.ToDictionary(k => k.Epoch, k => new EpochKey(k.Key));

    /// <inheritdoc/>
    public ValueTask<EpochKey> GetAsync(EpochId epoch, CancellationToken cancellationToken)
        => _keys.TryGetValue(epoch, out var key)
            ? ValueTask.FromResult(key)
            : throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"the restore was prepared without the key of epoch {epoch}",
                hint: "The archive changed since the restore was planned. Run the restore again.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys.Values)
            key.Dispose();
    }
}
