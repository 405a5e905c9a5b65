using System.Security.Cryptography;

namespace TomoBackup.Storage.Rclone;

/// <summary>An object on its way: a private file of this machine, for rclone to read as often as it must, and the hash
/// that the remote will be asked for. rclone would take a stream too, and store a short object where the stream
/// breaks off.</summary>
sealed class RcloneSpool : IDisposable
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly IFileSystem _files;
    readonly IFileWriter _file;
    readonly IncrementalHash? _hash;

    public RcloneSpool(IFileSystem files, string folder, string? hashType)
    {
        _files = files;
        Name = TemporaryName.Next();
        Path = $"{folder}/{Name}";
        _hash = hashType is null ? null : IncrementalHash.CreateHash(AlgorithmOf(hashType));
        _file = files.CreateScratch(Path, OwnerOnly);
    }

    public string Name { get; }

    public string Path { get; }

    public long Length { get; private set; }

    /// <summary>In hex; null where none was wanted.</summary>
    public string? Hash { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(Length, bytes);
        _hash?.AppendData(bytes);
        Length += bytes.Length;
    }

    public void Close()
    {
        _file.Dispose();
        Hash = _hash is null ? null : Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _hash?.Dispose();
        _file.Dispose();
        _files.DeleteFile(Path);
    }

#pragma warning disable CA5350, CA5351 // remotes keep what they keep; it is compared to find accidents, not attacks
    static HashAlgorithmName AlgorithmOf(string type)
        => type switch
        {
            "sha256" => HashAlgorithmName.SHA256,
            "sha1" => HashAlgorithmName.SHA1,
            _ => HashAlgorithmName.MD5,
        };
#pragma warning restore CA5350, CA5351 // as above
}
