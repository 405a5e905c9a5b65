using System.Globalization;
using System.Numerics;

namespace TomoBackup.Postgres.Wal;

/// <summary>
/// Bytes of each WAL segment of a cluster, fixed by initdb: a power of two from 1 MiB to 1 GiB (pg_control and the
/// first page of each segment carry it). The default value of this struct is no size; using it throws.
/// </summary>
public readonly record struct WalSegmentSize
{
    const int MinBytes = 1 << 20;
    /// <summary>The largest segment that initdb allows: 1 GiB.</summary>
    public const int MaxBytes = 1 << 30;

    readonly int _bytes;

    /// <summary>Takes a size in bytes.</summary>
    /// <exception cref="PostgresFormatException">PostgreSQL has no such segments.</exception>
    public WalSegmentSize(int bytes)
        => _bytes = IsValid(bytes)
            ? bytes
            : throw new PostgresFormatException(
                $"{bytes.ToString(CultureInfo.InvariantCulture)} bytes is not a WAL segment size");

    /// <summary>What initdb chooses unless told otherwise: 16 MiB.</summary>
    public static WalSegmentSize Default { get; } = new(16 << 20);

    /// <summary>The size in bytes.</summary>
    public int Bytes => _bytes != 0 ? _bytes : throw new InvalidOperationException("a WAL segment size was never set");

    /// <summary>
    /// Segments under one value of the middle eight digits of a segment's name, which is 4 GiB of WAL.
    /// </summary>
    public ulong SegmentsPerName => (1UL << 32) / (ulong)Bytes;

    /// <summary>True for a power of two from 1 MiB to 1 GiB.</summary>
    public static bool IsValid(long bytes) => bytes is >= MinBytes and <= MaxBytes && BitOperations.IsPow2(bytes);
}
