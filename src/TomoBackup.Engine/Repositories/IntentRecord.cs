using TomoBackup.Codecs;

namespace TomoBackup.Repositories;

/// <summary>What must not be expired meanwhile (<c>docs/format</c> §9). It names its own key, so that the end of one
/// cannot be copied into the place of another.</summary>
/// <param name="Lineage">Whose.</param>
/// <param name="Id">The second but last part of its key: 16 hex digits.</param>
/// <param name="Number">The last part of its key.</param>
/// <param name="Verb"><see cref="Hold"/>.</param>
/// <param name="Host">Who wrote it.</param>
/// <param name="Since">When the first of its numbers was written.</param>
/// <param name="Until">When it is over; <see cref="Endless"/> for only when it is released.</param>
/// <param name="Subject">Id of the backup.</param>
/// <param name="Reason">In a person's words; null for none.</param>
sealed record IntentRecord(
    LineageId Lineage,
    string Id,
    int Number,
    string Verb,
    string Host,
    DateTimeOffset Since,
    DateTimeOffset Until,
    string Subject,
    string? Reason)
{
    /// <summary>A person wants a backup kept.</summary>
    public const string Hold = "hold";

    /// <summary>The end of a hold that has none.</summary>
    public static readonly DateTimeOffset Endless = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);
}
