using TomoBackup.Codecs;

namespace TomoBackup.Repositories;

/// <summary>Who is at work, or what must not be expired meanwhile (<c>docs/format</c> §9).</summary>
sealed record LeaseRecord(
    LineageId Lineage, string Verb, string Host, DateTimeOffset Since, DateTimeOffset Until, string? Subject);
