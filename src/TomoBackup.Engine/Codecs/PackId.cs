using TomoBackup.Storage;

namespace TomoBackup.Codecs;

/// <summary>
/// Names one attempt to write a pack, and salts its key. No id is ever used for a second encryption: a write that
/// failed begins a new pack, because AES-GCM gives everything away when a nonce repeats under one key.
/// </summary>
public readonly record struct PackId
{
    /// <summary>Bytes in binary form.</summary>
    public const int Length = Bytes32.Length;

    readonly Bytes32 _value;

    /// <summary>Takes the binary form, exactly 32 bytes.</summary>
    public PackId(ReadOnlySpan<byte> bytes) => _value = Bytes32.Read(bytes);

    /// <summary>A new random id.</summary>
    public static PackId New(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[Length];
        entropy.Fill(bytes);
        return new PackId(bytes);
    }

    /// <summary>Writes the binary form into the first 32 bytes.</summary>
    public void CopyTo(Span<byte> target) => _value.CopyTo(target);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => _value.ToString();
}
