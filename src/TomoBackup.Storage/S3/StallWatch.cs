namespace TomoBackup.Storage.S3;

/// <summary>
/// Cancels an exchange in which too few bytes move for too long. Its clock runs while we wait for the network and
/// stands while we make the network wait (a throttle, a slow reader).
/// </summary>
sealed class StallWatch : IDisposable
{
    readonly Lock _lock = new();
    readonly TimeSpan _patience;
    readonly int _leastBytes;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _stalled;

    TimeSpan _used;
    long _runningSince;
    bool _isRunning;
    int _moved;

    public StallWatch(TimeSpan patience, int leastBytes, TimeProvider time)
    {
        (_patience, _leastBytes, _time) = (patience, leastBytes, time);
        _stalled = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    public CancellationToken Token => _stalled.Token;

    public bool HasStalled => _stalled.IsCancellationRequested;

    public TimeoutException Failure => new($"fewer than {_leastBytes} bytes moved in {_patience.TotalSeconds:0.#} s");

    public void Run()
    {
        lock (_lock)
        {
            if (_isRunning)
                return;

            _isRunning = true;
            _runningSince = _time.GetTimestamp();
            var left = _patience - _used;
            _stalled.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    public void Pause()
    {
        lock (_lock)
        {
            if (!_isRunning)
                return;

            _isRunning = false;
            _used += _time.GetElapsedTime(_runningSince);
            _stalled.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The other side has the next word and all the time for it.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            (_used, _moved) = (TimeSpan.Zero, 0);

            if (!_isRunning)
                return;

            _runningSince = _time.GetTimestamp();
            _stalled.CancelAfter(_patience);
        }
    }

    public void Moved(int bytes)
    {
        lock (_lock)
            _moved += bytes;

        if (_moved >= _leastBytes)
            Reset();
    }

    public void Dispose() => _stalled.Dispose();
}
