namespace TomoBackup.Postgres.Wal;

/// <summary>
/// Why the reading of a segment ended. Only <see cref="SegmentFull"/> and <see cref="SegmentSwitch"/> are ends of a
/// segment that PostgreSQL has finished.
/// </summary>
public enum WalReadEnd
{
    /// <summary>Records up to the last byte; the last one may go on in the next segment.</summary>
    SegmentFull,

    /// <summary>A switch record, and nothing but zeros behind it.</summary>
    SegmentSwitch,

    /// <summary>A switch record with bytes behind it, which PostgreSQL never leaves there.</summary>
    NotZeroAfterSwitch,

    /// <summary>The visitor asked to stop.</summary>
    Stopped,

    /// <summary>Zeros where a page or record would begin: nothing more was written.</summary>
    Unwritten,

    /// <summary>A page that still has the address of an older segment: nothing more was written over it.</summary>
    Recycled,

    /// <summary>A page header that does not belong here: magic, flags, address, timeline, cluster, sizes.</summary>
    BadPageHeader,

    /// <summary>
    /// A page does not continue the record that the page before began, or continues one that is not open.
    /// </summary>
    BadContinuation,

    /// <summary>A record's length is impossible.</summary>
    BadRecordLength,

    /// <summary>A record of a resource manager that cannot exist.</summary>
    BadResourceManager,

    /// <summary>A record does not point back to the one before it.</summary>
    BadBackLink,

    /// <summary>A record's checksum is wrong.</summary>
    BadChecksum,

    /// <summary>
    /// The checksum is right but the end of a transaction or restore point is not built as it must be.
    /// </summary>
    BadRecordBody,
}
