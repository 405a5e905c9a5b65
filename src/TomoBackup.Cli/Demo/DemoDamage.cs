using System.Buffers.Binary;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Cli.Demo;

/// <summary>
/// Spoils one frame of a stored backup, as a bad disk would: the object keeps its name and length, only a few bytes of
/// one ciphertext are others. Nothing that promises a restore may still promise it afterwards.
/// </summary>
static class DemoDamage
{
    /// <summary>docs/format §6: u32 S, u32 P before, a tag of 16 bytes behind the ciphertext.</summary>
    const int FrameHeaderBytes = 8, TagBytes = 16;

    const UnixFileMode StoredMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Spoils the middle frame of the longest pack of the newest backup.</summary>
    /// <param name="files">The machine's files.</param>
    /// <param name="repository">Absolute path of a local repository.</param>
    /// <exception cref="TomoBackupException">The repository holds no backup with packs.</exception>
    public static DamagedFrame Spoil(IFileSystem files, string repository)
    {
        var path = LongestPack(files, repository)
            ?? throw TomoBackupException.Create(
                ErrorCode.NotFound, $"unable to damage a backup in '{repository}': there is none");
        var pack = Read(files, path);
        var frames = Frames(pack);
        var number = frames.Count / 2;
        var (offset, length) = frames[number];

        Spoil(pack.AsSpan(offset, length));
        Replace(files, path, pack);
        return new DamagedFrame(path, number, offset);
    }

    /// <summary>Where the ciphertext of each frame of a pack lies.</summary>
    public static IReadOnlyList<(int Offset, int Length)> Frames(ReadOnlySpan<byte> pack)
    {
        var frames = new List<(int Offset, int Length)>();
        var footer = PackTrailer.FooterOffset(pack, pack.Length);

        for (var at = PackHeader.LengthOf(pack); at < footer;)
        {
            var length = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(pack[at..]));
            frames.Add((at + FrameHeaderBytes, length));
            at = checked(at + FrameHeaderBytes + length + TagBytes);
        }

        return frames;
    }

    /// <summary>Inverts up to eight bytes in the middle.</summary>
    static void Spoil(Span<byte> ciphertext)
    {
        foreach (ref var value in ciphertext.Slice(ciphertext.Length / 2, Math.Min(8, (ciphertext.Length + 1) / 2)))
            value = (byte)~value;
    }

    static string? LongestPack(IFileSystem files, string repository)
    {
        if (files.Stat($"{repository}/backup") is null)
            return null;

        // backup/<lineage>/<generation>/<backup>/pack-<number>; the names of backups sort by time.
        var backups = Inside(files, $"{repository}/backup")
            .SelectMany(lineage => Inside(files, lineage))
            .SelectMany(generation => Inside(files, generation))
            .OrderByDescending(Path.GetFileName, StringComparer.Ordinal);

        return backups
            .Select(backup => files.List(backup)
                .Where(static file => file.Name.StartsWith("pack-", StringComparison.Ordinal))
                .OrderByDescending(static file => file.Length)
                .ThenBy(static file => file.Name, StringComparer.Ordinal)
                .Select(file => $"{backup}/{file.Name}")
                .FirstOrDefault())
            .FirstOrDefault(static pack => pack is not null);
    }

    static IEnumerable<string> Inside(IFileSystem files, string directory)
        => files.List(directory)
            .Where(static entry => entry.Kind == FileKind.Directory)
            .Select(entry => $"{directory}/{entry.Name}");

    static byte[] Read(IFileSystem files, string path)
    {
        using var file = files.OpenRead(path) ?? throw new FileNotFoundException($"unable to read '{path}'", path);
        var bytes = new byte[file.Length];

        for (var at = 0; at < bytes.Length;)
            at += file.Read(at, bytes.AsSpan(at)) is > 0 and var read
                ? read
                : throw new EndOfStreamException($"unable to read '{path}': it became shorter meanwhile");

        return bytes;
    }

    /// <summary>Names that begin with a dot are no objects (docs/format §1).</summary>
    static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        var directory = Path.GetDirectoryName(path)!;
        var next = $"{directory}/.{Path.GetFileName(path)}.damaged";

        using (var file = files.CreateNew(next, files.Stat(path)?.Mode ?? StoredMode))
        {
            file.Write(0, content);
            file.Sync();
        }

        files.Replace(next, path);
        files.SyncDirectory(directory);
    }
}

/// <summary>What was spoilt.</summary>
/// <param name="Path">File of the object.</param>
/// <param name="Frame">Number of the frame, from 0.</param>
/// <param name="Offset">Where its ciphertext begins in the file.</param>
sealed record DamagedFrame(string Path, int Frame, int Offset);
