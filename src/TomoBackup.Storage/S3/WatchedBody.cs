using System.Buffers;
using System.Net;

namespace TomoBackup.Storage.S3;

/// <summary>A body on its way out: throttled, and counted as it leaves.</summary>
sealed class WatchedBody : HttpContent
{
    const int ChunkBytes = 64 * 1024;

    readonly HttpContent _content;
    readonly StallWatch _watch;
    readonly UploadThrottle _throttle;

    public WatchedBody(HttpContent content, StallWatch watch, UploadThrottle throttle)
    {
        (_content, _watch, _throttle) = (content, watch, throttle);

        foreach (var (name, values) in content.Headers.NonValidated)
            Headers.TryAddWithoutValidation(name, values);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var source = await _content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);

        try
        {
            while (await source.ReadAsync(chunk.AsMemory(0, ChunkBytes), cancellationToken).ConfigureAwait(false)
                is > 0 and var read)
            {
                _watch.Pause();
                await _throttle.WaitAsync(read, cancellationToken).ConfigureAwait(false);
                _watch.Run();
                await stream.WriteAsync(chunk.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                _watch.Moved(read);
            }

            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            _watch.Reset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();

        base.Dispose(disposing);
    }
}
