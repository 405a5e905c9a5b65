using System.Globalization;
using System.Text.Json;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Repositories;

/// <summary>
/// Looks at a WAL file before it is archived, and again when the archive is verified: is it this cluster's, does its
/// header agree with its name, do its records chain. Pure. A segment that PostgreSQL would stop at is refused here,
/// while the server still has it. Takes the file whole or piece by piece, as it is read.
/// </summary>
sealed class WalInspection
{
    readonly WalFileName _name;
    readonly Lineage _lineage;
    readonly bool _isSegment;
    readonly WalSegmentSize _size;
    WalSegment _segment;
    WalSegmentReader? _reader;

    /// <summary>Begins with a file; throws where its length tells that it may not be archived.</summary>
    /// <param name="length">Bytes of the file.</param>
    public WalInspection(WalFileName name, long length, Lineage lineage)
    {
        (_name, _lineage) = (name, lineage);
        _isSegment = name.Kind is WalFileKind.Segment or WalFileKind.Partial;

        if (!_isSegment)
            return;

        if (length > WalSegmentSize.MaxBytes || !WalSegmentSize.IsValid((int)length))
            throw Refused(name, $"it has {length} bytes, which is no segment size", ErrorCode.Damaged);

        _size = new WalSegmentSize((int)length);
    }

    /// <summary>The notes of a file that may be archived; throws where it may not.</summary>
    public static (WalNote Public, WalPrivateNote? Private) Inspect(
        WalFileName name, ReadOnlySpan<byte> bytes, Lineage lineage)
    {
        var inspection = new WalInspection(name, bytes.Length, lineage);
        inspection.Append(bytes);
        return inspection.Finish();
    }

    /// <summary>JSON as it stands in the object.</summary>
    public static (byte[] Public, byte[] Private) Serialize(WalNote note, WalPrivateNote? secret)
        => (JsonSerializer.SerializeToUtf8Bytes(note, RepositoryJson.Default.WalNote),
            secret is null ? [] : JsonSerializer.SerializeToUtf8Bytes(secret, RepositoryJson.Default.WalPrivateNote));

    /// <summary>Looks at the next piece: whole pages of a segment. Throws where the file is not the one that its name
    /// promises.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (_isSegment)
            (_reader ??= Begin(piece)).Append(piece);
    }

    /// <summary>The notes of a file that may be archived, all of which was looked at; throws where it may not.
    /// </summary>
    public (WalNote Public, WalPrivateNote? Private) Finish()
    {
        if (!_isSegment)
            return (new WalNote { Name = _name.ToString() }, null);

        var summary = _reader!.Summary();

        if (!summary.IsComplete && _name.Kind != WalFileKind.Partial)
            throw Refused(_name, $"its records end at {summary.End} ({summary.Reason})", ErrorCode.Damaged);

        return (Note(_name, _segment, _size, summary, _lineage), Secret(summary));
    }

    WalSegmentReader Begin(ReadOnlySpan<byte> first)
    {
        var system = ulong.Parse(_lineage.SystemIdentifier, CultureInfo.InvariantCulture);

        if (!WalSegmentHeader.TryRead(first, out var header))
            throw Refused(_name, "it has no valid segment header", ErrorCode.Damaged);

        if (header.SystemIdentifier != system)
            throw Refused(
                _name,
                $"it is of the cluster with system identifier {header.SystemIdentifier}, not {system}",
                ErrorCode.Refused);

        if (!_name.TryGetSegment(_size, out _segment))
            throw Refused(_name, "its name does not fit its size", ErrorCode.Damaged);

        if (header.Check(_segment, _size, system) is var verdict && verdict != WalHeaderVerdict.Valid)
            throw Refused(_name, $"its header does not belong to its name ({verdict})", ErrorCode.Damaged);

        return new WalSegmentReader(_segment, _size, system);
    }

    static WalNote Note(
        WalFileName name, WalSegment segment, WalSegmentSize size, WalSegmentSummary summary, Lineage lineage)
        => new()
        {
            Name = name.ToString(),
            SystemIdentifier = lineage.SystemIdentifier,
            Timeline = segment.Timeline,
            Start = segment.Start(size),
            Length = size.Bytes,
            FirstRecord = summary.FirstRecord,
            LastRecord = summary.LastRecord,
            End = summary.End,
            Continues = summary.Continues,
            Commits = checked((int)summary.EndedTransactions),
            FirstCommit = summary.FirstTime,
            LastCommit = summary.LastTime,
        };

    static WalPrivateNote? Secret(WalSegmentSummary summary)
        => summary.RestorePoints.Count == 0
            ? null
            : new WalPrivateNote([.. summary.RestorePoints.Select(p => new WalRestorePoint(p.Name, p.Lsn, p.Time))]);

    static TomoBackupException Refused(WalFileName name, string reason, ErrorCode code)
        => TomoBackupException.Create(
            code,
            $"WAL file '{name}' is refused: {reason}",
            hint: code == ErrorCode.Refused
                ? "archive_command points at another cluster's policy. Give it the right '--policy' or '--cluster'."
                : "PostgreSQL keeps the file and asks again. If it stays so, the disk or memory of this host damages "
                    + "data.");
}
