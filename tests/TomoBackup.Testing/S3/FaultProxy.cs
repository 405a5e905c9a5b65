using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace TomoBackup.Testing.S3;

/// <summary>Stands between a store and a server, passes requests on and writes them down, and makes trouble for those
/// that a test names. It can speak TLS.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    readonly Lock _lock = new();
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly List<Rule> _rules = [];
    readonly List<SeenRequest> _seen = [];
    readonly Dictionary<string, ProxyAnswer> _firstAnswers = [];
    readonly List<Task> _connections = [];
    readonly HttpClient _upstream;
    readonly TimeProvider _time;
    readonly X509Certificate2? _certificate;
    readonly Task _accepting;

    /// <param name="upstream">Where requests go.</param>
    /// <param name="time">By which it notes when they came.</param>
    /// <param name="certificate">Of the server, with its key; null for plain http.</param>
    public FaultProxy(Uri upstream, TimeProvider time, X509Certificate2? certificate = null)
    {
        (_time, _certificate) = (time, certificate);
        _upstream = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = upstream,
        };
        _listener.Start();
        Endpoint = new Uri($"http{(certificate is null ? "" : "s")}://127.0.0.1:{Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Endpoint { get; }

    /// <summary>All requests until now, in their order.</summary>
    public IReadOnlyList<SeenRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _seen];
        }
    }

    int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Makes trouble for the next requests of a kind, one trouble each.</summary>
    public void Trouble(Func<SeenRequest, bool> kind, params S3Trouble[] troubles)
    {
        lock (_lock)
            _rules.Add(new Rule(kind, new Queue<S3Trouble>(troubles), Always: null));
    }

    /// <summary>Makes trouble for all requests of a kind.</summary>
    public void TroubleAlways(Func<SeenRequest, bool> kind, S3Trouble trouble)
    {
        lock (_lock)
            _rules.Add(new Rule(kind, [], trouble));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _upstream.Dispose();
        _stop.Dispose();
    }

    /// <summary>Writes a request down and answers what shall happen to it; null for nothing.</summary>
    internal S3Trouble? Note(string method, string target, int connection, IReadOnlyDictionary<string, string> headers)
    {
        lock (_lock)
        {
            var request = new SeenRequest(method, target, connection, _time.GetUtcNow(), headers);
            _seen.Add(request);
            var rule = _rules.Find(rule => (rule.Always is not null || rule.Next.Count > 0) && rule.Kind(request));
            return rule?.Always ?? rule?.Next.Dequeue();
        }
    }

    internal async Task<ProxyAnswer> PassOnAsync(
        string method, string target, IReadOnlyDictionary<string, string> headers, byte[] body,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        request.Content = body.Length > 0 || method is "PUT" or "POST" ? new ByteArrayContent(body) : null;

        foreach (var (name, value) in headers)
            if (name.ToUpperInvariant() is not ("CONTENT-LENGTH" or "EXPECT" or "CONNECTION")
                && !request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);

        using var answer = await _upstream.SendAsync(request, cancellationToken);
        var result = await ProxyAnswer.OfAsync(answer, cancellationToken);

        lock (_lock)
            _firstAnswers.TryAdd($"{method} {target}", result);

        return result;
    }

    internal ProxyAnswer FirstAnswer(string method, string target)
    {
        lock (_lock)
            return _firstAnswers[$"{method} {target}"];
    }

    async Task AcceptAsync()
    {
        for (var number = 1; !_stop.IsCancellationRequested; number++)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _connections.Add(new ProxyConnection(this, client, number, _certificate).ServeAsync(_stop.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    sealed record Rule(Func<SeenRequest, bool> Kind, Queue<S3Trouble> Next, S3Trouble? Always);
}
