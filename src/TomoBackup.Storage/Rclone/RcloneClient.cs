using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace TomoBackup.Storage.Rclone;

/// <summary>Asks a running rclone (https://rclone.org/rc/). A call that gets nowhere is given up, and the answer is
/// never taken for another kind than it is.</summary>
sealed class RcloneClient(RcloneProcess process, string address, TimeSpan patience, TimeProvider time) : IDisposable
{
    const int CallPatience = 3;
    const int ListPatience = 30;

    static readonly Uri Base = new("http://localhost/");
    static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(1);

    readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) => await ConnectAsync(process.Socket, cancellationToken)
            .ConfigureAwait(false),
    })
    {
        BaseAddress = Base,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public string Address => address;

    /// <summary>Null where rclone says that the object or directory is not there.</summary>
    public Task<T?> AskAsync<T>(
        string act, string method, JsonObject parameters, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
        => InTimeAsync(
            act,
            patience * CallPatience,
            stop => PostAsync(act, method, parameters, type, stop),
            cancellationToken);

    /// <summary>Like <see cref="AskAsync"/>, for an answer that takes its time.</summary>
    public Task<RcloneListAnswer?> ListAsync(string act, JsonObject parameters, CancellationToken cancellationToken)
        => InTimeAsync(
            act,
            patience * ListPatience,
            stop => PostAsync(act, "operations/list", parameters, RcloneJson.Default.RcloneListAnswer, stop),
            cancellationToken);

    /// <summary>Does something whose answer does not matter; false where it was not there.</summary>
    public async Task<bool> DoAsync(
        string act, string method, JsonObject parameters, CancellationToken cancellationToken)
        => await AskAsync(act, method, parameters, RcloneJson.Default.RcloneErrorAnswer, cancellationToken)
            .ConfigureAwait(false) is not null;

    /// <summary>Moves bytes, for as long as there is progress; false where the source was not there.</summary>
    public async Task<bool> TransferAsync(
        string act, string method, JsonObject parameters, string group, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        parameters["_group"] = group;
        var call = PostAsync(act, method, parameters, RcloneJson.Default.RcloneErrorAnswer, stop.Token);

        try
        {
            await WatchAsync(act, call, group, cancellationToken).ConfigureAwait(false);
            return await call.ConfigureAwait(false) is not null;
        }
        finally
        {
            // rclone gives up a transfer when the connection of its request goes away.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Fills the buffer from an offset of an object; <see cref="StoreFailure.Damaged"/> where there are fewer
    /// bytes, or what is there cannot be decrypted.</summary>
    public async Task ReadAsync(
        string fs, ObjectKey key, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var act = $"read '{key}'";
        var said = process.Log.Count;
        var filled = 0;

        try
        {
            using var response = await InTimeAsync(
                act,
                patience * CallPatience,
                stop => RequestAsync(fs, key, offset, buffer.Length, stop),
                cancellationToken).ConfigureAwait(false);
            await CheckAsync(act, key, offset, response, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);

            await using (body.ConfigureAwait(false))
                while (filled < buffer.Length && await InTimeAsync(
                    act,
                    patience,
                    stop => body.ReadAsync(buffer[filled..], stop).AsTask(),
                    cancellationToken).ConfigureAwait(false) is > 0 and var read)
                    filled += read;
        }
        catch (Exception cause) when (cause is HttpRequestException or (IOException and not StoreException))
        {
            throw await ExplainAsync(act, key, said, cause).ConfigureAwait(false);
        }

        if (filled < buffer.Length)
            throw new StoreException(
                StoreFailure.Damaged,
                $"store '{address}': '{key}' has {filled} of the {buffer.Length} bytes asked for at {offset}");
    }

    public void Dispose() => _http.Dispose();

    // Waits for the work even when it is late, since it may be filling somebody's buffer.
    async Task<T> InTimeAsync<T>(
        string act, TimeSpan limit, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);

        try
        {
            return await work(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cause) when (!cancellationToken.IsCancellationRequested)
        {
            throw Stalled(act, cause);
        }
    }

    // Returns when the call has ended, or throws when it moves nothing for too long.
    async Task WatchAsync(string act, Task call, string group, CancellationToken cancellationToken)
    {
        var (bytes, since) = (0L, time.GetTimestamp());

        while (!await EndsAsync(call, patience / 4, cancellationToken).ConfigureAwait(false))
        {
            var moved = await MovedAsync(group, cancellationToken).ConfigureAwait(false);

            if (moved != bytes)
                (bytes, since) = (moved, time.GetTimestamp());
            else if (time.GetElapsedTime(since) >= patience)
                throw Stalled(act, null);
        }
    }

    async Task<bool> EndsAsync(Task call, TimeSpan within, CancellationToken cancellationToken)
    {
        await call.WaitAsync(within, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return call.IsCompleted;
    }

    async Task<HttpResponseMessage> RequestAsync(
        string fs, ObjectKey key, long offset, int length, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(fs, key));
        request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
    }

    async Task<long> MovedAsync(string group, CancellationToken cancellationToken)
        => (await AskAsync(
            "ask for progress",
            "core/stats",
            new JsonObject { ["group"] = group },
            RcloneJson.Default.RcloneStats,
            cancellationToken).ConfigureAwait(false))?.Bytes ?? 0;

    async Task<T?> PostAsync<T>(
        string act, string method, JsonObject parameters, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var content = new StringContent(parameters.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await _http.PostAsync(new Uri(method, UriKind.Relative), content, cancellationToken)
                .ConfigureAwait(false);

            if (response.StatusCode == HttpStatusCode.NotFound)
                return null;

            if (!response.IsSuccessStatusCode)
                throw RcloneFailure.In(
                    address, act, await TextAsync(response, cancellationToken).ConfigureAwait(false));

            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);

            await using (body.ConfigureAwait(false))
                return await JsonSerializer.DeserializeAsync(body, type, cancellationToken).ConfigureAwait(false)
                    ?? throw Odd(act, "it answers nothing", null);
        }
        catch (JsonException cause)
        {
            throw Odd(act, "its answer is not understood", cause);
        }
        catch (Exception cause) when (cause is HttpRequestException or (IOException and not StoreException))
        {
            throw await LostAsync(act, cause).ConfigureAwait(false);
        }
    }

    async Task CheckAsync(
        string act, ObjectKey key, long offset, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable)
            throw new StoreException(
                StoreFailure.Damaged, $"store '{address}': '{key}' went away or shrank while it was being read");

        // A server that does not know ranges sends all of it.
        if (response.StatusCode is HttpStatusCode.OK && offset != 0)
            throw Odd(act, "it does not read from the middle", null);

        if (!response.IsSuccessStatusCode)
            throw RcloneFailure.In(address, act, await TextAsync(response, cancellationToken).ConfigureAwait(false));
    }

    async Task<StoreException> ExplainAsync(string act, ObjectKey key, long said, Exception cause)
        => await process.Log.FindAsync(key.Value, said, LogPatience, time).ConfigureAwait(false) is { } reason
            ? RcloneFailure.In(address, act, reason)
            : await LostAsync(act, cause).ConfigureAwait(false);

    async Task<StoreException> LostAsync(string act, Exception cause)
        => new(
            StoreFailure.Unreachable,
            $"store '{address}': unable to {act}: "
            + (await process.EndsAsync().ConfigureAwait(false)
                ? "rclone has ended"
                : $"the connection to rclone broke ({cause.Message})"),
            cause);

    StoreException Stalled(string act, Exception? cause)
        => new(StoreFailure.Unreachable, $"store '{address}': unable to {act}: rclone does not get on", cause);

    StoreException Odd(string act, string reason, Exception? cause)
        => new(StoreFailure.Unreachable, $"store '{address}': unable to {act} through rclone: {reason}", cause);

    static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            return JsonSerializer.Deserialize(text, RcloneJson.Default.RcloneErrorAnswer)?.Error ?? text;
        }
        catch (JsonException)
        {
            return $"status {(int)response.StatusCode}";
        }
    }

    // --rc-serve takes [remote:path]/key; keys hold nothing that a URL would misread.
    static Uri PathOf(string fs, ObjectKey key) => new($"{Base}{Uri.EscapeDataString($"[{fs}]")}/{key.Value}");

    static async Task<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
