namespace TomoBackup.Storage.S3;

/// <summary>A body on its way in: its stall watch runs while somebody waits for bytes, and ends with it.</summary>
sealed class WatchedAnswer(Stream inner, StallWatch watch) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("the length of an answer is in its headers");

    public override long Position
    {
        get => throw new NotSupportedException("an answer is read once, front to back");
        set => throw new NotSupportedException("an answer is read once, front to back");
    }

    /// <summary>The answer's content with a watch on it; its headers stay.</summary>
    public static async Task<HttpContent> OfAsync(
        HttpContent content, StallWatch watch, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var watched = new StreamContent(new WatchedAnswer(stream, watch));

        foreach (var (name, values) in content.Headers.NonValidated)
            watched.Headers.TryAddWithoutValidation(name, values);

        return watched;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watch.Token);
        watch.Run();

        try
        {
            var read = await inner.ReadAsync(buffer, either.Token).ConfigureAwait(false);
            watch.Moved(read);
            return read;
        }
        catch (OperationCanceledException) when (watch.HasStalled && !cancellationToken.IsCancellationRequested)
        {
            throw watch.Failure;
        }
        finally
        {
            watch.Pause();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // The SDK reads its documents so.
    public override int Read(byte[] buffer, int offset, int count)
        => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin)
        => throw new NotSupportedException("an answer is read once, front to back");

    public override void SetLength(long value) => throw new NotSupportedException("an answer is not written");

    public override void Write(byte[] buffer, int offset, int count)
        => throw new NotSupportedException("an answer is not written");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            watch.Dispose();
        }

        base.Dispose(disposing);
    }
}
