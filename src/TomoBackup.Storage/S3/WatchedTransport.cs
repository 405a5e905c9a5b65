namespace TomoBackup.Storage.S3;

/// <summary>
/// Every request of a store passes here: bodies that go out are throttled, and an exchange that stalls, in either
/// direction, ends with a <see cref="TimeoutException"/>. The SDK's own limits are off: they count time, not progress.
/// </summary>
sealed class WatchedTransport(HttpMessageHandler inner, S3Options options, UploadThrottle throttle, ServerSigns signs)
    : DelegatingHandler(inner)
{
    // Below this a refusal before the body would save less than the question costs.
    const int LeastBytesToAskFirst = 1 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var patience = JoinsParts(request) ? options.Retry.JoinTime : options.Retry.StallTime;
        var watch = new StallWatch(patience, options.Retry.LeastBytes, options.Time);

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watch.Token);
            request.Headers.ExpectContinue = request.Content?.Headers.ContentLength >= LeastBytesToAskFirst;

            if (request.Content is { } content)
                request.Content = new WatchedBody(content, watch, throttle);

            watch.Run();
            var response = await base.SendAsync(request, either.Token).ConfigureAwait(false);
            watch.Pause();
            watch.Reset();
            signs.Note(response.Headers);
            response.Content = await WatchedAnswer.OfAsync(response.Content, watch, cancellationToken)
                .ConfigureAwait(false);
            return response;
        }
        catch (Exception failure)
        {
            var stalled = watch.HasStalled && !cancellationToken.IsCancellationRequested;
            watch.Dispose();

            if (stalled && failure is OperationCanceledException or IOException or HttpRequestException)
                throw watch.Failure;

            throw;
        }
    }

    static bool JoinsParts(HttpRequestMessage request)
        => request.Method == HttpMethod.Post
            && request.RequestUri?.Query.Contains("uploadId=", StringComparison.Ordinal) == true;
}
