using System.Security.Cryptography;

namespace TomoBackup.Codecs;

/// <summary>Secret bytes at one place in memory: pinned, so that the collector leaves no copies; zeroed at the
/// end.</summary>
sealed class SecretBytes : IDisposable
{
    readonly byte[] _bytes;
    bool _isDisposed;

    public SecretBytes(int length) => _bytes = GC.AllocateArray<byte>(length, pinned: true);

    public SecretBytes(ReadOnlySpan<byte> bytes)
        : this(bytes.Length)
        => bytes.CopyTo(_bytes);

    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    public override string ToString() => "***";

    public void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
