namespace TomoBackup.Storage.S3;

/// <summary>Lets all uploads of a store together move so many bytes a second: each one books the next free moment of
/// one shared line.</summary>
/// <param name="bytesPerSecond">Null for no limit.</param>
sealed class UploadThrottle(long? bytesPerSecond, TimeProvider time)
{
    readonly Lock _lock = new();
    readonly long _start = time.GetTimestamp();
    TimeSpan _free;

    /// <summary>Completes when the bytes may be sent; at once where the line is idle.</summary>
    public Task WaitAsync(int bytes, CancellationToken cancellationToken)
        => bytesPerSecond is { } limit && Book(bytes, limit) is var wait && wait > TimeSpan.Zero
            ? Task.Delay(wait, time, cancellationToken)
            : Task.CompletedTask;

    TimeSpan Book(int bytes, long limit)
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(_start);
            var begin = _free > now ? _free : now;
            _free = begin + TimeSpan.FromSeconds((double)bytes / limit);
            return begin - now;
        }
    }
}
