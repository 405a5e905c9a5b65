namespace TomoBackup.Codecs;

/// <summary>Where a frame lies in its pack and what it holds.</summary>
/// <param name="Offset">Bytes from the start of the object.</param>
/// <param name="CompressedBytes">Length of its zstd frame, which is that of the ciphertext.</param>
/// <param name="PlainBytes">Length of what it holds.</param>
/// <param name="Hash">XXH128 of what it holds: tells change, not forgery; the tag does that.</param>
public readonly record struct PackFrame(long Offset, int CompressedBytes, int PlainBytes, UInt128 Hash)
{
    /// <summary>Bytes that it takes in the object, lengths and tag included.</summary>
    public int StoredBytes => CompressedBytes + FrameCodec.Overhead;
}
