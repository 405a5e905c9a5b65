using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TomoBackup.Codecs;

/// <summary>
/// A name for content that only holders of the id key can compute: the same file pushed twice has the same name, and a
/// stranger who reads the listing cannot test whether a file he knows is among them (format §1).
/// </summary>
public readonly record struct ContentId
{
    /// <summary>Bytes in binary form; the text has twice as many digits.</summary>
    public const int Length = 16;

    readonly UInt128 _value;

    ContentId(ReadOnlySpan<byte> bytes) => _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>The id of a file of PostgreSQL's archive.</summary>
    /// <param name="key">The lineage's id key.</param>
    /// <param name="name">PostgreSQL's name of the file, printable ASCII.</param>
    /// <param name="plain">All its bytes.</param>
    public static ContentId Compute(IdKey key, string name, ReadOnlySpan<byte> plain)
    {
        using var hash = Begin(key, name);
        hash.Append(plain);
        return hash.Finish();
    }

    /// <summary>Begins the id of a file whose bytes come in parts.</summary>
    /// <param name="key">The lineage's id key; may be disposed afterwards.</param>
    /// <param name="name">PostgreSQL's name of the file, printable ASCII.</param>
    public static Hash Begin(IdKey key, string name)
        => name.Length == 0 || name.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? throw new ArgumentException($"'{name}' is not the name of an archived file", nameof(name))
            : new Hash(key, name);

    /// <summary>Reads 32 lower-case hex digits; <see cref="FormatException"/> for anything else.</summary>
    public static ContentId Parse(ReadOnlySpan<char> text)
        => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a content id");

    /// <summary>Reads 32 lower-case hex digits; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ContentId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = LowerHex.TryParse(text, bytes);
        id = parsed ? new ContentId(bytes) : default;
        return parsed;
    }

    /// <summary>32 lower-case hex digits, as in keys of objects.</summary>
    public override string ToString() => _value.ToString("x32", null);

    /// <summary>An id that is being computed.</summary>
    public sealed class Hash : IDisposable
    {
        readonly IncrementalHash _hmac;

        internal Hash(IdKey key, string name)
        {
            _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Bytes);
            _hmac.AppendData(Encoding.ASCII.GetBytes(name));
            _hmac.AppendData([0]);
        }

        /// <summary>Takes the next bytes of the file.</summary>
        public void Append(ReadOnlySpan<byte> plain) => _hmac.AppendData(plain);

        /// <summary>The id of all bytes; once.</summary>
        public ContentId Finish()
        {
            Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
            _hmac.GetHashAndReset(hash);
            return new ContentId(hash[..Length]);
        }

        /// <inheritdoc/>
        public void Dispose() => _hmac.Dispose();
    }
}
