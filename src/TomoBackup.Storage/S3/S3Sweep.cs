using Amazon.S3.Model;

namespace TomoBackup.Storage.S3;

/// <summary>Finds uploads that nobody will finish: their parts are invisible, and billed.</summary>
sealed class S3Sweep(S3Session session)
{
    public async ValueTask<int> RunAsync(DateTimeOffset newest, CancellationToken cancellationToken)
    {
        var swept = 0;
        ListMultipartUploadsResponse? page = null;

        do
        {
            page = await PageAfterAsync(page, cancellationToken).ConfigureAwait(false);

            var stale = (page.MultipartUploads ?? [])
                .Where(upload => upload.Initiated?.ToUniversalTime() <= newest.UtcDateTime);

            foreach (var upload in stale)
            {
                await session.Attempts.RunAsync(
                    $"give up an upload of '{upload.Key}'",
                    client => session.Writes.AbandonAsync(client, upload.Key, upload.UploadId, cancellationToken),
                    cancellationToken).ConfigureAwait(false);
                swept++;
            }
        }
        while (page.IsTruncated == true);

        return swept;
    }

    Task<ListMultipartUploadsResponse> PageAfterAsync(
        ListMultipartUploadsResponse? page, CancellationToken cancellationToken)
        => session.Attempts.RunAsync(
            "list unfinished uploads",
            (client, _) => client.ListMultipartUploadsAsync(
                new ListMultipartUploadsRequest
                {
                    BucketName = session.Options.Bucket,
                    Prefix = session.Bucket.PathOf(""),
                    KeyMarker = page?.NextKeyMarker,
                    UploadIdMarker = page?.NextUploadIdMarker,
                },
                cancellationToken),
            cancellationToken);
}
