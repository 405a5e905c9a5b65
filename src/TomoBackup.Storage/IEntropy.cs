using System.Security.Cryptography;

namespace TomoBackup.Storage;

/// <summary>Where random bytes come from: the operating system, or a seed in tests.</summary>
public interface IEntropy
{
    /// <summary>Fills the buffer with unpredictable bytes.</summary>
    void Fill(Span<byte> buffer);
}

/// <summary>The operating system's cryptographic random numbers.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <summary>The one instance.</summary>
    public static SystemEntropy Instance { get; } = new();

    SystemEntropy()
    {
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
}
