using System.Collections.Concurrent;
using System.Globalization;

namespace TomoBackup.BenchServer;

/// <summary>Objects in files, their index in memory.</summary>
sealed class ObjectFolder(string path)
{
    readonly ConcurrentDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, Upload> _uploads = new(StringComparer.Ordinal);
    long _files;

    /// <summary>A name for a new file.</summary>
    public string NewFile()
    {
        var number = Interlocked.Increment(ref _files);
        var folder = Path.Combine(path, (number / 256).ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));
    }

    public StoredObject? Find(string key) => _objects.GetValueOrDefault(key);

    /// <summary>False where one stands there and that matters.</summary>
    public bool Put(string key, StoredObject made, bool onlyNew)
    {
        if (onlyNew)
            return _objects.TryAdd(key, made);

        StoredObject? old = null;
        _objects.AddOrUpdate(key, made, (_, standing) =>
        {
            old = standing;
            return made;
        });
        old?.Remove();
        return true;
    }

    public void Delete(string key)
    {
        if (_objects.TryRemove(key, out var gone))
            gone.Remove();
    }

    /// <summary>In ordinal order, behind a key.</summary>
    public IEnumerable<KeyValuePair<string, StoredObject>> List(string prefix, string after)
        => _objects
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)
                && string.CompareOrdinal(entry.Key, after) > 0)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal);

    public string Begin(string? mark)
    {
        var id = Guid.NewGuid().ToString("N");
        _uploads[id] = new Upload(mark);
        return id;
    }

    public Upload? FindUpload(string id) => _uploads.GetValueOrDefault(id);

    public void End(string id) => _uploads.TryRemove(id, out _);
}

/// <summary>An object: one file, or several one after the other.</summary>
sealed record StoredObject(IReadOnlyList<StoredFile> Files, string Tag, string? Mark, DateTime Modified)
{
    public long Length { get; } = Files.Sum(file => file.Length);

    public void Remove()
    {
        foreach (var file in Files)
            File.Delete(file.Path);
    }
}

/// <summary>Bytes on disk, with their MD5.</summary>
sealed record StoredFile(string Path, long Length, byte[] Digest);

/// <summary>An object that comes in parts.</summary>
sealed record Upload(string? Mark)
{
    public ConcurrentDictionary<int, StoredFile> Parts { get; } = new();
}
