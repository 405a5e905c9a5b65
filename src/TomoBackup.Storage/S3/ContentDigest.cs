using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace TomoBackup.Storage.S3;

/// <summary>The MD5 of bytes, by which S3 checks an upload and names it in its ETag. It finds faults; it proves
/// nothing against an attacker, and nothing of ours rests on it.</summary>
[SuppressMessage("Security", "CA5351", Justification = "the protocol's checksum, no security rests on it")]
static class ContentDigest
{
    public const int Bytes = 16;

    public static byte[] Of(ReadOnlySpan<byte> content) => MD5.HashData(content);

    public static IncrementalHash Begin() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);

    /// <summary>The ETag of an object that was put in one request.</summary>
    public static string Tag(ReadOnlySpan<byte> digest) => Convert.ToHexStringLower(digest);

    /// <summary>The ETag of an object that was joined from parts: the digest of their digests, and their number.
    /// </summary>
    public static string JoinedTag(IReadOnlyList<UploadedPart> parts)
    {
        using var hash = Begin();

        foreach (var part in parts)
            hash.AppendData(part.Digest);

        return $"{Tag(hash.GetHashAndReset())}-{parts.Count}";
    }

    /// <summary>An ETag as it came, without its quotes.</summary>
    public static string? Bare(string? tag) => tag?.Trim('"');
}
