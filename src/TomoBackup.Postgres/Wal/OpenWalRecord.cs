namespace TomoBackup.Postgres.Wal;

/// <summary>
/// A record that goes over a page's end, taken in piece by piece. Its checksum runs along; only the bytes that are
/// looked into are kept, so a record of a gigabyte needs no more memory than any other.
/// </summary>
sealed class OpenWalRecord
{
    /// <summary>
    /// Ends of transactions and restore points have their facts in the first hundred bytes, for they register no
    /// blocks. A prepared transaction's number stands further behind: such a record is kept whole.
    /// </summary>
    const int UsuallyKept = 128;

    byte[] _kept = new byte[UsuallyKept];
    uint _total;
    uint _taken;
    uint _crc;

    public bool IsOpen => _taken < _total;

    /// <summary>Null where the record began before the first segment that we were given.</summary>
    public Lsn? Start { get; private set; }

    public uint MissingBytes => _total - _taken;

    public bool HasHeader => _taken >= WalRecordHeader.Length;

    /// <summary>The record's first bytes, as far as they are kept.</summary>
    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, (int)Math.Min(_taken, KeptBytes));

    public bool HasRightChecksum
        => Crc32C.Finish(Crc32C.Append(_crc, _kept.AsSpan(0, WalRecordHeader.CoveredLength)))
            == WalRecordHeader.Read(_kept).Crc;

    public void Begin(Lsn start, uint totalBytes)
        => (Start, _total, _taken, _crc) = (start, totalBytes, 0, Crc32C.Seed);

    /// <summary>Takes over the rest of a record whose beginning nobody has seen.</summary>
    public void BeginUnknown(uint missingBytes) => (Start, _total, _taken, _crc) = (null, missingBytes, 0, Crc32C.Seed);

    public void GiveUp() => (Start, _total, _taken) = (null, 0, 0);

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (Start is null)
        {
            _taken += (uint)piece.Length;
            return;
        }

        var missingHeader = WalRecordHeader.Length - (int)Math.Min(_taken, WalRecordHeader.Length);
        var header = piece[..Math.Min(missingHeader, piece.Length)];
        var body = piece[header.Length..];

        Keep(header);
        Keep(body);
        _crc = Crc32C.Append(_crc, body);
    }

    uint KeptBytes => HasHeader && WalRecordBody.NeedsWholeRecord(WalRecordHeader.Read(_kept))
        ? _total
        : Math.Min(_total, UsuallyKept);

    void Keep(ReadOnlySpan<byte> piece)
    {
        var room = (long)KeptBytes - _taken;

        if (room > 0)
        {
            var taken = piece[..(int)Math.Min(room, piece.Length)];

            if (_kept.Length < _taken + taken.Length)
                Array.Resize(ref _kept, Math.Max(2 * _kept.Length, (int)_taken + taken.Length));

            taken.CopyTo(_kept.AsSpan((int)_taken));
        }

        _taken += (uint)piece.Length;
    }
}
