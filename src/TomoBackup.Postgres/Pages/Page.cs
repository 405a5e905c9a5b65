using System.Buffers.Binary;

namespace TomoBackup.Postgres.Pages;

/// <summary>
/// The header of a data page as PostgreSQL writes it on little-endian machines (bufpage.h, the same in 15 to 18).
/// </summary>
public static class Page
{
    /// <summary>PostgreSQL's default page size. A cluster states its own in pg_control.</summary>
    public const int DefaultBytes = 8192;

    /// <summary>Bytes before the first line pointer.</summary>
    public const int HeaderBytes = 24;

    extension(ReadOnlySpan<byte> page)
    {
        /// <summary>End of the last WAL record that changed this page; the high half stands first.</summary>
        public Lsn PageLsn
            => new((ulong)BinaryPrimitives.ReadUInt32LittleEndian(page) << 32
                | BinaryPrimitives.ReadUInt32LittleEndian(page[4..]));

        /// <summary>The stored checksum; without checksums in the cluster it is zero.</summary>
        public ushort PageChecksumField => BinaryPrimitives.ReadUInt16LittleEndian(page[8..]);

        /// <summary>PD_ALL_VISIBLE of a heap page: every transaction sees all of its rows. It must stand where the
        /// visibility map says so, or the next update leaves the map as it is and index-only scans go wrong.</summary>
        public bool IsAllVisible => (BinaryPrimitives.ReadUInt16LittleEndian(page[10..]) & 4) != 0;

        /// <summary>Where the free space ends.</summary>
        public ushort PageUpper => BinaryPrimitives.ReadUInt16LittleEndian(page[14..]);

        /// <summary>
        /// PostgreSQL's own test for a page that was added to a file but never initialised. It looks at one field
        /// only: whether the rest is zero is another question.
        /// </summary>
        public bool IsNewPage => page.PageUpper == 0;
    }
}
