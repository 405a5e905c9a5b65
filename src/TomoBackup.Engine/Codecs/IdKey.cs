namespace TomoBackup.Codecs;

/// <summary>
/// The key of content ids: the data key of an epoch with purpose <c>id</c>. A type of its own, so that it can neither
/// encrypt a pack nor be taken for a key that does.
/// </summary>
public sealed class IdKey : IDisposable
{
    readonly SecretBytes _bytes;

    /// <summary>Copies the data key of the epoch; that one may be disposed afterwards.</summary>
    public IdKey(EpochKey key) => _bytes = new SecretBytes(key.Bytes);

    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <inheritdoc/>
    public override string ToString() => "***";

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();
}
