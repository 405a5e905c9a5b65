using System.Text.Json;
using TomoBackup.Verification;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>verify --json</c> answers.</summary>
sealed record VerifyDocument
{
    /// <summary>True where every byte was read.</summary>
    public required bool Deep { get; init; }

    /// <summary>False where something is missing, altered or unreadable.</summary>
    public required bool Sound { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required double Seconds { get; init; }

    public required long Objects { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Bytes of packs that were read and opened; 0 without <c>--deep</c>.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Ids, oldest first.</summary>
    public required IReadOnlyList<string> Backups { get; init; }

    /// <summary>Worst first.</summary>
    public required IReadOnlyList<FindingDocument> Findings { get; init; }

    public required IReadOnlyList<WindowDocument> Windows { get; init; }

    public static VerifyDocument Of(VerifyReport report) => new()
    {
        Deep = report.Deep,
        Sound = report.IsSound,
        Started = report.Started,
        Seconds = report.Elapsed.TotalSeconds,
        Objects = report.Objects,
        Bytes = report.Bytes,
        BytesRead = report.BytesRead,
        Backups = report.Backups,
        Findings = [.. report.Findings.Select(FindingDocument.Of)],
        Windows = [.. report.Windows.Select(WindowDocument.Of)],
    };
}

/// <summary>One finding of <see cref="VerifyDocument"/>.</summary>
/// <param name="Severity"><c>information</c>, <c>warning</c> or <c>damage</c>.</param>
/// <param name="Subject">Key of the object.</param>
/// <param name="Message">The sentence.</param>
/// <param name="Backups">Ids of the backups that it costs.</param>
/// <param name="Wal">The WAL that it costs; left out where there is none.</param>
sealed record FindingDocument(
    string Severity, string Subject, string Message, IReadOnlyList<string> Backups, WalRange? Wal)
{
    public static FindingDocument Of(VerifyFinding finding) => new(
        JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Severity.ToString()),
        finding.Subject,
        finding.Sentence,
        finding.Backups,
        finding.Wal);
}

/// <summary>A span of archived WAL without a hole, in <see cref="VerifyDocument"/>.</summary>
/// <param name="Wal">Its segments.</param>
/// <param name="StartLsn">Where it begins.</param>
/// <param name="EndLsn">Behind its last record.</param>
/// <param name="LastCommit">Left out where none was found.</param>
/// <param name="Backup">The oldest backup that can be rolled forward through it; left out where there is none.</param>
/// <param name="Earliest">The first moment that can be reached with that backup.</param>
sealed record WindowDocument(
    WalRange Wal,
    string StartLsn,
    string EndLsn,
    DateTimeOffset? LastCommit,
    string? Backup,
    DateTimeOffset? Earliest)
{
    public static WindowDocument Of(RecoveryWindow window) => new(
        window.Wal,
        window.Start.ToString(),
        window.End.ToString(),
        window.LastCommit,
        window.Backup,
        window.Earliest);
}
