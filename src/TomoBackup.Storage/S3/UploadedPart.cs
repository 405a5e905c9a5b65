namespace TomoBackup.Storage.S3;

/// <summary>A part that the service has.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Digest">MD5.</param>
/// <param name="Tag">What the service calls it.</param>
sealed record UploadedPart(int Number, int Length, byte[] Digest, string Tag);
