using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace TomoBackup.BenchServer;

/// <summary>The digest that S3 speaks.</summary>
[SuppressMessage("Security", "CA5351", Justification = "S3's ETag and Content-MD5 are MD5")]
static class Md5
{
    public static byte[] Of(byte[] bytes) => MD5.HashData(bytes);

    public static IncrementalHash Begin() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);
}
