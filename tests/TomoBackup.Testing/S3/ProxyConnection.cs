using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TomoBackup.Testing.S3;

/// <summary>One connection of the proxy: requests one after the other, until either side ends it.</summary>
sealed class ProxyConnection(FaultProxy proxy, Socket socket, int number, X509Certificate2? certificate)
{
    Stream _stream = Stream.Null;

    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();

        try
        {
            socket.NoDelay = true;
            _stream = await OpenAsync(cancellationToken);

            while (await ReadHeadAsync(cancellationToken) is { } head)
                if (!await ServeAsync(head, cancellationToken))
                    break;
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException
            or AuthenticationException or HttpRequestException or ObjectDisposedException)
        {
            // The store went away, or the test is over.
        }
        finally
        {
            await _stream.DisposeAsync();
            socket.Dispose();
        }
    }

    async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        var plain = new NetworkStream(socket, ownsSocket: false);

        if (certificate is null)
            return plain;

        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
        return secure;
    }

    /// <summary>False ends the connection.</summary>
    async Task<bool> ServeAsync(string[] head, CancellationToken cancellationToken)
    {
        var (method, target) = (head[0].Split(' ')[0], head[0].Split(' ')[1]);
        var headers = head.Skip(1).Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var trouble = proxy.Note(method, target, number, headers);
        var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, null) : 0;

        if (headers.ContainsKey("Expect"))
            await _stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);

        if (trouble is S3Trouble.CutRequest cut)
        {
            await ReadBodyAsync(Math.Min(cut.AfterBytes, length), pause: null, cancellationToken);
            return Reset();
        }

        var pause = (trouble as S3Trouble.SlowRequest)?.Pause;
        var body = await ReadBodyAsync(length, pause, cancellationToken);

        if (trouble is S3Trouble.BlackHole)
            await Task.Delay(Timeout.Infinite, cancellationToken);

        if (trouble is S3Trouble.SpoiledRequest)
            body[body.Length / 2] ^= 1;

        var answer = trouble switch
        {
            S3Trouble.Answer said => ProxyAnswer.Of(said),
            S3Trouble.StaleAnswer => proxy.FirstAnswer(method, target),
            _ => await proxy.PassOnAsync(method, target, headers, body, cancellationToken),
        };

        if (trouble is S3Trouble.OtherAnswer other)
            answer = answer with { Body = other.Body(answer.Body) };

        return trouble is S3Trouble.LostReply ? Reset() : await WriteAsync(answer, trouble, cancellationToken);
    }

    async Task<bool> WriteAsync(ProxyAnswer answer, S3Trouble? trouble, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(answer.Head(), cancellationToken);

        if (trouble is S3Trouble.ShortAnswer cut)
        {
            await _stream.WriteAsync(answer.Body.AsMemory(0, cut.Bytes), cancellationToken);
            return false;
        }

        if (trouble is not S3Trouble.SlowAnswer slow)
        {
            await _stream.WriteAsync(answer.Body, cancellationToken);
            return true;
        }

        for (var i = 0; i < answer.Body.Length; i++)
        {
            await _stream.WriteAsync(answer.Body.AsMemory(i, 1), cancellationToken);
            await Task.Delay(slow.Pause, cancellationToken);
        }

        return true;
    }

    bool Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
        return false;
    }

    async Task<byte[]> ReadBodyAsync(int length, TimeSpan? pause, CancellationToken cancellationToken)
    {
        var body = new byte[length];

        for (var done = 0; done < length;)
        {
            var wanted = pause is null ? length - done : 1;
            var read = await _stream.ReadAsync(body.AsMemory(done, wanted), cancellationToken);
            done += read > 0 ? read : throw new IOException("the store went away in the middle of a body");

            if (pause is { } wait)
                await Task.Delay(wait, cancellationToken);
        }

        return body;
    }

    /// <summary>Null where the connection ends between two requests.</summary>
    async Task<string[]?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];

        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await _stream.ReadAsync(one, cancellationToken) == 0)
                return null;

            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
