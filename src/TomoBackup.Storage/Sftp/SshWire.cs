using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TomoBackup.Storage.Sftp;

/// <summary>Strings as RFC 4251 §5 puts them on the wire: four bytes of length, most significant first, then the
/// bytes.</summary>
static class SshWire
{
    const int LengthBytes = sizeof(uint);

    /// <summary>Takes a string from the front; false where the bytes end before it does.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> text)
    {
        text = default;

        if (bytes.Length < LengthBytes
            || BinaryPrimitives.ReadUInt32BigEndian(bytes) is var length && length > bytes.Length - LengthBytes)
            return false;

        text = bytes.Slice(LengthBytes, (int)length);
        bytes = bytes[(LengthBytes + (int)length)..];
        return true;
    }

    public static void Append(List<byte> target, ReadOnlySpan<byte> text)
    {
        AppendNumber(target, (uint)text.Length);
        target.AddRange(text);
    }

    public static void AppendNumber(List<byte> target, uint number)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        target.AddRange(bytes);
    }

    /// <summary>The type of a public key; empty where the bytes are none.</summary>
    public static string TypeOf(byte[] publicKey)
    {
        ReadOnlySpan<byte> rest = publicKey;
        return TryTake(ref rest, out var type) ? Encoding.ASCII.GetString(type) : "";
    }

    /// <summary>As <c>ssh-keygen -l</c> prints it.</summary>
    public static string FingerprintOf(byte[] publicKey)
        => "SHA256:" + Convert.ToBase64String(SHA256.HashData(publicKey)).TrimEnd('=');
}
