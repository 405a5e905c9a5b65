using TomoBackup.Storage.S3;

namespace TomoBackup.Repositories;

/// <summary>What this host found out of the service behind a bucket, the last time it looked.</summary>
/// <param name="Store">The bucket's address: what was found of another one does not count.</param>
/// <param name="At">When.</param>
/// <param name="Capabilities">What it found.</param>
sealed record ServiceRecord(string Store, DateTimeOffset At, StoreCapabilities Capabilities);
