using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TomoBackup.Storage;

/// <summary>
/// Reads a directory by getdents64(2) and statx(2). The base library's enumeration turns bytes that are not UTF-8
/// into U+FFFD, and a file that is then "not found" would be left out of a backup in silence.
/// </summary>
static class DirectoryReader
{
    // struct linux_dirent64: u64 inode, s64 offset, u16 record length, u8 type, name, NUL
    const int RecordLengthAt = 16;
    const int NameAt = 19;

    const int BufferBytes = 32 * 1024;
    const int LongestTarget = 4096; // PATH_MAX

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static List<FileFacts> Read(SafeFileHandle directory, string path, string prefix)
    {
        var result = new List<FileFacts>();
        var buffer = new byte[BufferBytes];
        var wanted = Strict.GetBytes(prefix);

        while (true)
        {
            var bytes = LibC.ReadEntries(directory, buffer, BufferBytes);

            if (bytes < 0)
                throw Errno.Failure("list", path, Errno.Last);

            if (bytes == 0)
                return result;

            AddEntries(directory, path, buffer.AsSpan(0, (int)bytes), wanted, result);
        }
    }

    /// <summary>The target of a link as bytes were stored; null where it vanished or became something else.</summary>
    public static string? Target(SafeFileHandle? directory, string name, string path)
    {
        Span<byte> buffer = stackalloc byte[LongestTarget];

        var bytes = directory is null
            ? LibC.ReadLink(path, buffer, LongestTarget)
            : LibC.ReadLink(directory, name, buffer, LongestTarget);

        if (bytes >= 0)
            return Decode(buffer[..(int)bytes], path);

        return Errno.Last is Errno.NotFound or Errno.Invalid or Errno.NotDirectory
            ? null
            : throw Errno.Failure("read link", path, Errno.Last);
    }

    static void AddEntries(
        SafeFileHandle directory,
        string path,
        ReadOnlySpan<byte> records,
        ReadOnlySpan<byte> prefix,
        List<FileFacts> result)
    {
        while (!records.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[RecordLengthAt..]);
            var name = records[NameAt..length];
            name = name[..name.IndexOf((byte)0)];

            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && name.StartsWith(prefix)
                && Look(directory, path, Decode(name, path)) is { } facts)
                result.Add(facts);

            records = records[length..];
        }
    }

    static FileFacts? Look(SafeFileHandle directory, string path, string name)
    {
        if (LibC.Stat(directory, name, LibC.DoNotFollow, LibC.BasicStats, out var facts) != 0)
            return Errno.Last == Errno.NotFound
                ? null
                : throw Errno.Failure("examine", Path.Join(path, name), Errno.Last);

        if (facts.Kind != FileKind.Link)
            return facts.ToFacts(name, null);

        return Target(directory, name, Path.Join(path, name)) is { } target ? facts.ToFacts(name, target) : null;
    }

    static string Decode(ReadOnlySpan<byte> name, string path)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException cause)
        {
            var hex = Convert.ToHexStringLower(name);
            throw new IOException($"unable to read '{path}': the bytes {hex} of a name are not UTF-8", cause);
        }
    }
}
