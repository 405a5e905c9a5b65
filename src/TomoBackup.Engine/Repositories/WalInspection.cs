using System.Globalization;
using System.Text.Json;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Repositories;

/// <summary>
/// Looks at a WAL file before it is archived, and again when the archive is verified: is it this cluster's, does its
/// header agree with its name, do its records chain. Pure. A segment that PostgreSQL would stop at is refused here,
/// while the server still has it.
/// </summary>
static class WalInspection
{
    /// <summary>The notes of a file that may be archived; throws where it may not.</summary>
    public static (WalNote Public, WalPrivateNote? Private) Inspect(
        WalFileName name, ReadOnlySpan<byte> bytes, Lineage lineage)
        => name.Kind switch
        {
            WalFileKind.Segment => InspectSegment(name, bytes, lineage, mayEnd: false),
            WalFileKind.Partial => InspectSegment(name, bytes, lineage, mayEnd: true),
            _ => (new WalNote { Name = name.ToString() }, null),
        };

    /// <summary>JSON as it stands in the object.</summary>
    public static (byte[] Public, byte[] Private) Serialize(WalNote note, WalPrivateNote? secret)
        => (JsonSerializer.SerializeToUtf8Bytes(note, RepositoryJson.Default.WalNote),
            secret is null ? [] : JsonSerializer.SerializeToUtf8Bytes(secret, RepositoryJson.Default.WalPrivateNote));

    static (WalNote, WalPrivateNote?) InspectSegment(
        WalFileName name, ReadOnlySpan<byte> bytes, Lineage lineage, bool mayEnd)
    {
        if (!WalSegmentSize.IsValid(bytes.Length))
            throw Refused(name, $"it has {bytes.Length} bytes, which is no segment size", ErrorCode.Damaged);

        var size = new WalSegmentSize(bytes.Length);
        var system = ulong.Parse(lineage.SystemIdentifier, CultureInfo.InvariantCulture);

        if (!WalSegmentHeader.TryRead(bytes, out var header))
            throw Refused(name, "it has no valid segment header", ErrorCode.Damaged);

        if (header.SystemIdentifier != system)
            throw Refused(
                name,
                $"it is of the cluster with system identifier {header.SystemIdentifier}, not {system}",
                ErrorCode.Refused);

        if (!name.TryGetSegment(size, out var segment))
            throw Refused(name, "its name does not fit its size", ErrorCode.Damaged);

        if (header.Check(segment, size, system) is var verdict && verdict != WalHeaderVerdict.Valid)
            throw Refused(name, $"its header does not belong to its name ({verdict})", ErrorCode.Damaged);

        var summary = WalSegmentReader.Summarize(segment, size, bytes, system);

        if (!summary.IsComplete && !mayEnd)
            throw Refused(name, $"its records end at {summary.End} ({summary.Reason})", ErrorCode.Damaged);

        return (Note(name, segment, size, summary, lineage), Secret(summary));
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
