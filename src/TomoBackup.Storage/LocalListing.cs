namespace TomoBackup.Storage;

/// <summary>
/// Walks a local store in the order of keys, which is not the order of names: '-' and '.' sort before '/', so the
/// file <c>a-b</c> comes before all that lies in the directory <c>a</c>. A directory therefore sorts with its slash.
/// Holds the directories on the way to the current entry, never the whole tree.
/// </summary>
sealed class LocalListing(IFileSystem files, LocalFolder folder, string prefix)
{
    readonly record struct Found(string Key, FileFacts Facts);

    // The next entry is on top.
    readonly Stack<Found> _pending = new();

    public IEnumerable<ObjectEntry> Entries()
    {
        var start = prefix[..(prefix.LastIndexOf('/') + 1)];

        if (start.Length == 0 || ObjectKey.IsValid(start[..^1]))
            Expand(start);

        while (_pending.TryPop(out var next))
        {
            if (next.Facts.Kind == FileKind.Directory)
                Expand(next.Key);
            else
                yield return new ObjectEntry(new ObjectKey(next.Key), next.Facts.Length, next.Facts.Modified);
        }
    }

    void Expand(string directory)
    {
        var found = LocalFailure.Guard(folder.Address, () => Look(directory))
            .Select(facts => new Found(directory + facts.Name + (IsDirectory(facts) ? "/" : ""), facts))
            .Where(IsWanted)
            .OrderByDescending(entry => entry.Key, StringComparer.Ordinal);

        foreach (var entry in found)
            _pending.Push(entry);
    }

    IReadOnlyList<FileFacts> Look(string directory)
    {
        // A start below a link would lead outside.
        var found = directory.Length == 0 || folder.IsDirectory(new ObjectKey(directory[..^1]))
            ? ListIfThere(folder.DirectoryOf(directory), NamesWanted(directory))
            : [];

        // Afterwards, so that what was read was read from the right disk.
        folder.EnsureRoot();
        return found;
    }

    // The beginning of every name in this directory that can lead to an entry.
    string NamesWanted(string directory)
        => prefix.Length <= directory.Length ? "" : prefix[directory.Length..].Split('/')[0];

    IReadOnlyList<FileFacts> ListIfThere(string path, string names)
    {
        try
        {
            return files.List(path, names);
        }
        catch (DirectoryNotFoundException)
        {
            // Emptied and removed since its parent was read.
            return [];
        }
    }

    bool IsWanted(Found entry)
        => entry.Facts.Kind is FileKind.File or FileKind.Directory
            && ObjectKey.IsValid(entry.Key.TrimEnd('/'))
            && (entry.Key.StartsWith(prefix, StringComparison.Ordinal)
                || (IsDirectory(entry.Facts) && prefix.StartsWith(entry.Key, StringComparison.Ordinal)));

    static bool IsDirectory(FileFacts facts) => facts.Kind == FileKind.Directory;
}
