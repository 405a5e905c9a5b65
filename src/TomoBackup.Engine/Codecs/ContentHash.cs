using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TomoBackup.Codecs;

/// <summary>
/// Computes the <see cref="ContentId"/> of a file that comes piece by piece: a tag of each piece, and HMAC-SHA-256 over
/// the name and all tags (format §1).
/// </summary>
/// <remarks>
/// GHASH under a secret key is a universal hash: whoever lacks the key cannot find two contents with the same tags. It
/// is several times as fast as HMAC-SHA-256, which here reads the tags only and lets none of them out; that is why the
/// next file may use the same nonces (docs/decisions/0012).
/// </remarks>
sealed class ContentHash : IDisposable
{
    /// <summary>Bytes of each piece but the last.</summary>
    public const int PieceBytes = 262_144;

    const int TagBytes = 16;
    const int NonceBytes = 12;
    const int DerivedKeyBytes = 32;

    readonly AesGcm _tagger;
    readonly IncrementalHash _hmac;
    int _pieces;
    bool _isLast;

    /// <param name="key">The lineage's id key.</param>
    /// <param name="name">PostgreSQL's name of the file, printable ASCII.</param>
    public ContentHash(IdKey key, string name)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"'{name}' is not the name of an archived file", nameof(name));

        Span<byte> derived = stackalloc byte[DerivedKeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, derived, [], "tomo-backup/v1/content"u8);
        _tagger = new AesGcm(derived, TagBytes);
        CryptographicOperations.ZeroMemory(derived);

        _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Bytes);
        _hmac.AppendData(Encoding.ASCII.GetBytes(name));
        _hmac.AppendData([0]);
    }

    /// <summary>Takes the next piece: <see cref="PieceBytes"/>, or less where it is the last.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(piece.Length, PieceBytes, nameof(piece));

        if (_isLast)
            throw new InvalidOperationException("behind a short piece there is no other");

        _isLast = piece.Length < PieceBytes;

        Span<byte> nonce = stackalloc byte[NonceBytes];
        Span<byte> tag = stackalloc byte[TagBytes];
        nonce.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(nonce[8..], _pieces++);
        _tagger.Encrypt(nonce, [], [], tag, piece);
        _hmac.AppendData(tag);
    }

    /// <summary>The id of all that was taken; once. Of nothing it is that of one empty piece.</summary>
    public ContentId Finish()
    {
        if (_pieces == 0)
            Append([]);

        _isLast = true;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _hmac.GetHashAndReset(hash);
        return new ContentId(hash[..ContentId.Length]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tagger.Dispose();
        _hmac.Dispose();
    }
}
