namespace TomoBackup.Storage.S3;

/// <summary>What an object must turn out to hold.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Tag">The ETag that a service gives it.</param>
/// <param name="Parts">Length and digest of its consecutive pieces.</param>
sealed record StoredContent(long Length, string Tag, IReadOnlyList<UploadedPart> Parts)
{
    public bool IsJoined => Parts.Count > 1;

    public static StoredContent Whole(int length, byte[] digest)
        => new(length, ContentDigest.Tag(digest), [new UploadedPart(1, length, digest, "")]);

    public static StoredContent Joined(IReadOnlyList<UploadedPart> parts)
        => new(parts.Sum(part => (long)part.Length), ContentDigest.JoinedTag(parts), parts);
}
