using System.Globalization;
using System.Text;
using TomoBackup.Storage;

namespace TomoBackup.Archiving;

/// <summary>
/// Notes which waiting segments were pushed ahead. A marker is written after the segment is durable in every
/// repository, so it need not be durable itself: without it the segment is only pushed again, and found to be there.
/// It counts only while the file is the very one that was pushed (inode, length, time).
/// </summary>
sealed class PushMarkers(IFileSystem files, string folder)
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The names that have a marker.</summary>
    public IReadOnlySet<string> Names()
    {
        try
        {
            return files.List(folder).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        }
        catch (DirectoryNotFoundException)
        {
            return new HashSet<string>();
        }
    }

    /// <summary>Removes markers of files that wait no longer: their call died before it could use them up.</summary>
    public void Sweep(IReadOnlySet<string> waiting)
    {
        foreach (var name in Names())
            if (!waiting.Contains(name))
                files.DeleteFile($"{folder}/{name}");
    }

    /// <summary>True where this very file was pushed; the marker is used up by the answer.</summary>
    public bool TryTake(string name, FileFacts file)
    {
        var path = $"{folder}/{name}";

        if (files.ReadAll(path, 256) is not { } bytes)
            return false;

        files.DeleteFile(path);
        return Encoding.ASCII.GetString(bytes) == Describe(file);
    }

    /// <summary>Notes that this very file was pushed.</summary>
    public void Put(string name, FileFacts file)
    {
        files.CreateDirectories(folder, Private | UnixFileMode.UserExecute);
        var temporary = $"{folder}/.{name}";
        files.DeleteFile(temporary);

        using (var marker = files.CreateScratch(temporary, Private))
            marker.Write(0, Encoding.ASCII.GetBytes(Describe(file)));

        // In one step: a call that waits for it would use up half a marker.
        files.Replace(temporary, $"{folder}/{name}");
    }

    static string Describe(FileFacts file)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Device}:{file.Inode} {file.Length} {file.Modified.UtcTicks}\n");
}
