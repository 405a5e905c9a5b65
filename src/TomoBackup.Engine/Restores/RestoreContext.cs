using TomoBackup.Operations;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>What a restore works with: all of the outside world that it touches.</summary>
sealed record RestoreContext
{
    public required RestoreSources Sources { get; init; }

    public required IFileSystem Files { get; init; }

    public required TimeProvider Time { get; init; }

    public required IProgress<OperationProgress> Progress { get; init; }

    /// <summary>Absolute path of this program, for restore_command.</summary>
    public required string Program { get; init; }

    /// <summary>How <c>wal get</c> reaches the repository; null where its address says all.</summary>
    public StoreAccess? Access { get; init; }

    /// <summary>To whom restored files are given; null where we are that user already.</summary>
    public (uint User, uint Group)? Owner { get; init; }

    public Repository Repository => Sources.Repository;
}
