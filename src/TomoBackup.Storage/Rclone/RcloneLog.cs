using System.Text.Json;

namespace TomoBackup.Storage.Rclone;

/// <summary>The last complaints of an rclone that runs, which alone say why a download was cut off.</summary>
sealed class RcloneLog
{
    const int KeptLines = 200;

    readonly Lock _lock = new();
    readonly LinkedList<(long Number, RcloneLogLine Line)> _lines = [];
    TaskCompletionSource _more = NewSignal();
    long _count;

    /// <summary>How many complaints there were.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>The last thing that was said; null where nothing was.</summary>
    public string? LastWords
    {
        get
        {
            lock (_lock)
                return _lines.Last?.Value.Line.Msg;
        }
    }

    /// <summary>Reads until the other side closes, which it does when rclone ends.</summary>
    public async Task ReadAsync(TextReader source)
    {
        while (await source.ReadLineAsync().ConfigureAwait(false) is { } text)
            if (Parse(text) is { Msg.Length: > 0 } line)
                Add(line);
    }

    /// <summary>Waits a moment for what was said about an object after a count; null where nothing comes.</summary>
    public async Task<string?> FindAsync(string name, long after, TimeSpan patience, TimeProvider time)
    {
        var start = time.GetTimestamp();

        while (true)
        {
            Task more;

            lock (_lock)
            {
                foreach (var (number, line) in _lines)
                    if (number >= after && line.Object == name)
                        return line.Msg;

                more = _more.Task;
            }

            var left = patience - time.GetElapsedTime(start);

            try
            {
                await more.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    void Add(RcloneLogLine line)
    {
        TaskCompletionSource signal;

        lock (_lock)
        {
            _lines.AddLast((_count++, line));

            if (_lines.Count > KeptLines)
                _lines.RemoveFirst();

            (signal, _more) = (_more, NewSignal());
        }

        signal.TrySetResult();
    }

    // Before its flags are read rclone writes plain lines.
    static RcloneLogLine Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RcloneJson.Default.RcloneLogLine) ?? new(null, text, null);
        }
        catch (JsonException)
        {
            return new RcloneLogLine(null, text, null);
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
