namespace TomoBackup.Postgres.Wal;

public sealed partial class WalChainReader
{
    ref partial struct Walk<TVisitor>
    {
        WalReadEnd? EnterPage(int page)
        {
            var header = WalPageHeader.Read(_bytes[page..]);

            if (header == default)
                return WalReadEnd.Unwritten;

            var isFitting = IsFirst(page)
                ? EnterSegment()
                : header.Magic == _chain._magic && !header.IsLong && header.HasKnownFlags;

            if (!isFitting)
                return WalReadEnd.BadPageHeader;

            if (header.Address != _start + (ulong)page)
                return header.Address < _segment.Start(_chain.Size) ? WalReadEnd.Recycled : WalReadEnd.BadPageHeader;

            if (header.Timeline == 0 || header.Timeline < _chain._pageTimeline || header.Timeline > _segment.Timeline)
                return WalReadEnd.BadPageHeader;

            _chain._pageTimeline = header.Timeline;
            return CheckContinuation(header, isFirstOfAll: IsFirst(page) && _chain._last is null);
        }

        readonly bool EnterSegment()
        {
            if (!WalSegmentHeader.TryRead(_bytes, out var header))
                return false;

            (_chain._magic, _chain._majorVersion) = (header.Page.Magic, header.MajorVersion!.Value);

            // the address is looked at afterwards: an older one has a meaning of its own
            return header.Check(_segment, _chain.Size, _chain.SystemIdentifier)
                is WalHeaderVerdict.Valid or WalHeaderVerdict.OtherAddress;
        }

        readonly WalReadEnd? CheckContinuation(in WalPageHeader header, bool isFirstOfAll)
        {
            var open = _chain._open;

            if (open.IsOpen && header.GivesUpOpenRecord)
                open.GiveUp();

            if (header.IsContinuation && isFirstOfAll && header.RemainingBytes > 0)
                open.BeginUnknown(header.RemainingBytes);

            var isFitting = open.IsOpen
                ? header.IsContinuation && header.RemainingBytes == open.MissingBytes
                : !header.IsContinuation;

            return isFitting ? null : WalReadEnd.BadContinuation;
        }
    }

    ulong? SystemIdentifier => systemIdentifier;
}
