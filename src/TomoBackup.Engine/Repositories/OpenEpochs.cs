using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// The data keys that this host holds at this moment: those of epochs that are still being written to. One file of 32
/// bytes each, mode 0600; erased when the epoch closes, so that a stolen host opens no closed epoch.
/// </summary>
class OpenEpochs(IFileSystem files, string folder)
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const string Suffix = ".key";

    /// <summary>The key of an epoch that is open here; null for any other.</summary>
    public EpochKey? TryRead(EpochId epoch)
        => files.ReadAll(PathOf(epoch), EpochKey.Length) is { Length: EpochKey.Length } bytes
            ? new EpochKey(bytes)
            : null;

    /// <summary>True where an epoch is open here.</summary>
    public bool Has(EpochId epoch) => files.Stat(PathOf(epoch)) is not null;

    /// <summary>The epochs that are open here.</summary>
    public IReadOnlyList<EpochId> List()
    {
        if (files.Stat(folder) is null)
            return [];

        var epochs = new List<EpochId>();

        foreach (var file in files.List(folder))
            if (file.Name.EndsWith(Suffix, StringComparison.Ordinal)
                && EpochId.TryParse(file.Name.AsSpan()[..^Suffix.Length], out var epoch))
                epochs.Add(epoch);

        return epochs;
    }

    /// <summary>Keeps a key, durably.</summary>
    public void Keep(EpochId epoch, EpochKey key)
    {
        files.CreateDirectories(folder, Private | UnixFileMode.UserExecute);
        files.WriteNew(PathOf(epoch), key.Bytes, Private);
    }

    /// <summary>Forgets a key.</summary>
    public void Erase(EpochId epoch) => files.DeleteFile(PathOf(epoch));

    /// <summary>Forgets all keys but these.</summary>
    public void EraseAllBut(IReadOnlyCollection<EpochId> kept)
    {
        var names = kept.Select(epoch => $"{epoch}{Suffix}").ToHashSet(StringComparer.Ordinal);

        foreach (var file in files.List(folder))
            if (!names.Contains(file.Name))
                files.DeleteFile($"{folder}/{file.Name}");
    }

    string PathOf(EpochId epoch) => $"{folder}/{epoch}{Suffix}";
}
