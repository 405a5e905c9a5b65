namespace TomoBackup.Backups;

/// <summary>What the workers of one backup have done so far; written by all of them.</summary>
sealed class CopyTally
{
    long _bytes;
    long _files;
    long _referenced;
    int _vanished;

    /// <summary>Plain bytes copied into this backup.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Plain bytes that an earlier backup of the generation holds already.</summary>
    public long ReferencedBytes => Interlocked.Read(ref _referenced);

    /// <summary>Files that had gone before they were opened.</summary>
    public int VanishedFiles => _vanished;

    public void Copied(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Referenced(long bytes) => Interlocked.Add(ref _referenced, bytes);

    public void Vanished() => Interlocked.Increment(ref _vanished);

    public void Recorded() => Interlocked.Increment(ref _files);

    /// <summary>File lines recorded.</summary>
    public long Files => Interlocked.Read(ref _files);
}
