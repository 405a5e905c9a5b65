namespace TomoBackup.Storage.S3;

/// <summary>What the service shows of an object.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Tag">Its ETag without quotes.</param>
/// <param name="Mark">Who wrote it (<see cref="S3Bucket.NewMark"/>); null where the service does not say.</param>
/// <param name="Version">Which version of the name; null for the one that stands there now.</param>
sealed record FoundObject(long Length, string? Tag, string? Mark, string? Version = null);

/// <summary>An object with its first bytes, which came along.</summary>
/// <param name="Found">What the service shows of it.</param>
/// <param name="Head">As many as came; a short object whole.</param>
sealed record OpenedObject(FoundObject Found, byte[] Head);
