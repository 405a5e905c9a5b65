using System.Buffers;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace TomoBackup.BenchServer;

/// <summary>Answers requests, each after the same delay, as if the service were far.</summary>
sealed class S3Service(ObjectFolder objects, TimeSpan delay)
{
    const string Mark = "x-amz-meta-tomo-writer";
    const int BufferBytes = 256 * 1024;
    const int PageKeys = 1000;

    public async Task AnswerAsync(HttpContext context)
    {
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay);

        var (request, query) = (context.Request, context.Request.Query);
        var words = request.Path.Value!.TrimStart('/').Split('/', 2);
        var key = words.Length > 1 ? words[1] : "";

        await ((request.Method, key) switch
        {
            ("GET", "") when query.ContainsKey("object-lock") => FailAsync(
                context, 404, "ObjectLockConfigurationNotFoundError"),
            ("GET", "") when query.ContainsKey("versioning") => XmlAsync(context, new XElement(
                "VersioningConfiguration")),
            ("GET", "") => ListAsync(context, words[0]),
            ("POST", "") when query.ContainsKey("delete") => DeleteManyAsync(context),
            ("POST", _) when query.ContainsKey("uploads") => XmlAsync(context, new XElement(
                "InitiateMultipartUploadResult",
                new XElement("UploadId", objects.Begin(request.Headers[Mark])))),
            ("POST", _) => JoinAsync(context, key),
            ("PUT", _) when query.ContainsKey("partNumber") => PutPartAsync(context),
            ("PUT", not "") => PutAsync(context, key),
            ("GET" or "HEAD", _) => GetAsync(context, key),
            ("DELETE", _) => DeleteAsync(context, key),
            _ => FailAsync(context, 400, "InvalidRequest"),
        });
    }

    async Task PutAsync(HttpContext context, string key)
    {
        if (await ReceiveAsync(context) is not { } file)
            return;

        var made = new StoredObject([file], Convert.ToHexStringLower(file.Digest), MarkOf(context), DateTime.UtcNow);

        if (objects.Put(key, made, context.Request.Headers.IfNoneMatch == "*"))
        {
            context.Response.Headers.ETag = $"\"{made.Tag}\"";
            return;
        }

        made.Remove();
        await FailAsync(context, 412, "PreconditionFailed");
    }

    async Task PutPartAsync(HttpContext context)
    {
        var number = int.Parse(context.Request.Query["partNumber"]!, CultureInfo.InvariantCulture);

        if (objects.FindUpload(context.Request.Query["uploadId"]!) is not { } upload)
            await FailAsync(context, 404, "NoSuchUpload");
        else if (await ReceiveAsync(context) is { } part)
        {
            upload.Parts[number] = part;
            context.Response.Headers.ETag = $"\"{Convert.ToHexStringLower(part.Digest)}\"";
        }
    }

    async Task JoinAsync(HttpContext context, string key)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        var id = context.Request.Query["uploadId"].ToString();

        if (objects.FindUpload(id) is not { } upload)
        {
            await FailAsync(context, 404, "NoSuchUpload");
            return;
        }

        var parts = upload.Parts.OrderBy(part => part.Key).Select(part => part.Value).ToList();
        var tag = Convert.ToHexStringLower(Md5.Of([.. parts.SelectMany(part => part.Digest)])) + $"-{parts.Count}";
        var made = new StoredObject(parts, tag, upload.Mark, DateTime.UtcNow);
        objects.End(id);

        if (!objects.Put(key, made, context.Request.Headers.IfNoneMatch == "*"))
        {
            made.Remove();
            await FailAsync(context, 412, "PreconditionFailed");
            return;
        }

        await XmlAsync(context, new XElement("CompleteMultipartUploadResult", new XElement("ETag", $"\"{tag}\"")));
    }

    async Task GetAsync(HttpContext context, string key)
    {
        if (objects.Find(key) is not { } found)
        {
            await FailAsync(context, 404, "NoSuchKey");
            return;
        }

        var response = context.Response;
        var (first, last) = (0L, found.Length - 1);
        response.Headers.ETag = $"\"{found.Tag}\"";
        response.Headers.LastModified = found.Modified.ToString("R", CultureInfo.InvariantCulture);

        if (found.Mark is not null)
            response.Headers[Mark] = found.Mark;

        if (context.Request.Headers.Range.ToString() is ['b', 'y', 't', 'e', 's', '=', .. var range])
        {
            var ends = range.Split('-');
            first = long.Parse(ends[0], CultureInfo.InvariantCulture);

            if (first >= found.Length)
            {
                await FailAsync(context, 416, "InvalidRange");
                return;
            }

            last = ends[1].Length > 0 ? Math.Min(last, long.Parse(ends[1], CultureInfo.InvariantCulture)) : last;
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {first}-{last}/{found.Length}";
        }

        response.ContentLength = last - first + 1;

        if (context.Request.Method == "GET")
            await SendAsync(response, found, first, last - first + 1);
    }

    static async Task SendAsync(HttpResponse response, StoredObject found, long offset, long length)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);

        try
        {
            foreach (var file in found.Files)
            {
                if (offset >= file.Length)
                {
                    offset -= file.Length;
                    continue;
                }

                using var handle = File.OpenHandle(file.Path);
                var end = Math.Min(file.Length, offset + length);

                while (offset < end)
                {
                    var read = RandomAccess.Read(
                        handle, buffer.AsSpan(0, (int)Math.Min(BufferBytes, end - offset)), offset);
                    await response.Body.WriteAsync(buffer.AsMemory(0, read));
                    (offset, length) = (offset + read, length - read);
                }

                offset = 0;

                if (length == 0)
                    break;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes a body into a file; null, and an answer, where it does not fit its MD5.</summary>
    async Task<StoredFile?> ReceiveAsync(HttpContext context)
    {
        var path = objects.NewFile();
        using var hash = Md5.Begin();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var length = 0L;

        try
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);

            while (await context.Request.Body.ReadAtLeastAsync(buffer, BufferBytes, throwOnEndOfStream: false)
                is > 0 and var read)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                RandomAccess.Write(file, buffer.AsSpan(0, read), length);
                length += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var digest = hash.GetHashAndReset();

        if (context.Request.Headers.ContentMD5.ToString() is { Length: > 0 } promised
            && promised != Convert.ToBase64String(digest))
        {
            File.Delete(path);
            await FailAsync(context, 400, "BadDigest");
            return null;
        }

        return new StoredFile(path, length, digest);
    }

    Task DeleteAsync(HttpContext context, string key)
    {
        if (context.Request.Query.TryGetValue("uploadId", out var upload))
            objects.End(upload!);
        else
            objects.Delete(key);

        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    async Task DeleteManyAsync(HttpContext context)
    {
        var asked = await XDocument.LoadAsync(context.Request.Body, LoadOptions.None, CancellationToken.None);

        foreach (var key in asked.Descendants().Where(element => element.Name.LocalName == "Key"))
            objects.Delete(key.Value);

        await XmlAsync(context, new XElement("DeleteResult"));
    }

    Task ListAsync(HttpContext context, string bucket)
    {
        var query = context.Request.Query;
        var (prefix, delimiter) = (query["prefix"].ToString(), query["delimiter"].ToString());
        var after = query["continuation-token"].ToString();
        var most = int.TryParse(query["max-keys"], CultureInfo.InvariantCulture, out var asked) ? asked : PageKeys;
        var answer = new XElement("ListBucketResult", new XElement("Name", bucket), new XElement("Prefix", prefix));
        var (count, last, folder) = (0, "", "");
        var isCut = false;

        foreach (var (key, found) in objects.List(prefix, after))
        {
            var end = delimiter.Length > 0 ? key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) : -1;
            var shown = end < 0 ? key : key[..(end + delimiter.Length)];

            if (end >= 0 && shown == folder)
            {
                last = key;
                continue;
            }

            if (count == most)
            {
                isCut = true;
                break;
            }

            (count, last) = (count + 1, key);

            if (end >= 0)
                answer.Add(new XElement("CommonPrefixes", new XElement("Prefix", folder = shown)));
            else
                answer.Add(new XElement(
                    "Contents",
                    new XElement("Key", key),
                    new XElement("LastModified", found.Modified.ToString(
                        "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                    new XElement("ETag", $"\"{found.Tag}\""),
                    new XElement("Size", found.Length)));
        }

        answer.Add(new XElement("IsTruncated", isCut), new XElement("KeyCount", count));

        if (isCut)
            answer.Add(new XElement("NextContinuationToken", last));

        return XmlAsync(context, answer);
    }

    static string? MarkOf(HttpContext context)
        => context.Request.Headers.TryGetValue(Mark, out var mark) ? mark.ToString() : null;

    static Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return XmlAsync(context, new XElement("Error", new XElement("Code", code), new XElement("Message", code)));
    }

    static async Task XmlAsync(HttpContext context, XElement root)
    {
        var bytes = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}");
        context.Response.ContentType = "application/xml";
        context.Response.ContentLength = bytes.Length;

        if (context.Request.Method != "HEAD")
            await context.Response.Body.WriteAsync(bytes);
    }
}
