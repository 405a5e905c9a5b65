namespace TomoBackup.Repositories;

/// <summary>What this host remembers of the last verification of the whole of a repository.</summary>
/// <param name="Repository">The place's own id: another place under the same name was not verified.</param>
/// <param name="Started">When its listing was taken.</param>
/// <param name="Deep">True where every byte was read.</param>
/// <param name="Sound">False where something was missing, altered or unreadable.</param>
sealed record VerificationRecord(string Repository, DateTimeOffset Started, bool Deep, bool Sound);
