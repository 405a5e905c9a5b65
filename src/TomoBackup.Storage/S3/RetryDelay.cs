using System.Buffers.Binary;

namespace TomoBackup.Storage.S3;

/// <summary>How long to wait before another attempt: doubling, so that a busy service gets rest, and scattered, so
/// that many clients do not come back together.</summary>
static class RetryDelay
{
    /// <summary>The wait after so many failed attempts, counted from 1: between half and all of the doubled delay,
    /// and never less than the server asked for.</summary>
    public static TimeSpan After(int failures, TimeSpan? asked, S3RetryOptions options, IEntropy entropy)
    {
        var doubled = options.FirstDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        var most = doubled < options.MostDelay ? doubled : options.MostDelay;
        var scattered = most * (0.5 + 0.5 * Fraction(entropy));
        return asked > scattered ? asked.Value : scattered;
    }

    static double Fraction(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        entropy.Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) / (uint.MaxValue + 1.0);
    }
}
