using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

/// <summary>Bytes 0, 1, 2 … 255, 0 …: the entropy of docs/format/vectors.json.</summary>
sealed class CountingEntropy : IEntropy
{
    byte _next;

    public void Fill(Span<byte> buffer)
    {
        foreach (ref var b in buffer)
            b = _next++;
    }
}
