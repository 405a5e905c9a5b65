using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.S3;

/// <summary>Objects of one request, and what may become of it.</summary>
public sealed class S3PutFaultTests(S3Servers servers) : IAsyncLifetime
{
    static readonly byte[] Content = Noise.Of(300_000);

    S3Bench _bench = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Passing
    {
        get
        {
            var data = new TheoryData<string, bool>();

            foreach (var name in Troubles.Keys)
            {
                data.Add(name, true);
                data.Add(name, false);
            }

            return data;
        }
    }

    static Dictionary<string, S3Trouble> Troubles { get; } = new()
    {
        ["500"] = new S3Trouble.Answer(500, "InternalError"),
        ["502 of a stranger"] = new S3Trouble.Answer(502, "<html>"),
        ["503"] = new S3Trouble.Answer(503, "ServiceUnavailable"),
        ["slow down"] = new S3Trouble.Answer(503, "SlowDown"),
        ["429"] = new S3Trouble.Answer(429, "TooManyRequests"),
        ["an error that says 200"] = new S3Trouble.Answer(200, "InternalError"),
        ["reset at once"] = new S3Trouble.CutRequest(0),
        ["reset in the body"] = new S3Trouble.CutRequest(100_000),
        ["lost reply"] = new S3Trouble.LostReply(),
        ["black hole"] = new S3Trouble.BlackHole(),
        ["digest refused"] = new S3Trouble.Answer(400, "BadDigest"),
    };

    public async ValueTask InitializeAsync() => _bench = await S3Bench.StartAsync(servers);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Stores_once_whatever_passes(string trouble, bool oneCreatorWins)
    {
        var store = _bench.Open(_bench.Impatient with { Capabilities = Service(oneCreatorWins) });
        _bench.Proxy.Trouble(request => request.IsPut, Troubles[trouble], Troubles[trouble]);

        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a/b", Content, Token));

        Assert.Equal(["a/b"], await _bench.KeysAsync());
        Assert.Equal(Content, await _bench.BytesAsync("a/b"));
        Assert.Equal(CommitOutcome.AlreadyExists, await store.PutAsync("a/b", new byte[1], Token));
        Assert.Equal(Content, await _bench.BytesAsync("a/b"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tells_its_own_object_from_anothers_after_a_lost_reply(bool oneCreatorWins)
    {
        var store = _bench.Open(_bench.Options with { Capabilities = Service(oneCreatorWins) });
        var other = _bench.Open(_bench.Server.OptionsFor(_bench.Bucket));
        await using var writer = await store.CreateAsync(new("a"), Token);
        await writer.WriteAsync(Content, Token);
        await other.PutAsync("a", Content, Token);
        _bench.Proxy.Trouble(request => request.IsPut, new S3Trouble.LostReply());

        Assert.Equal(CommitOutcome.AlreadyExists, await writer.CommitAsync(Token));
    }

    [Fact]
    public async Task Sends_nothing_again_that_arrived()
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.Trouble(request => request.IsPut, new S3Trouble.LostReply());

        await store.PutAsync("a", Content, Token);

        Assert.Equal("PUT GET", string.Join(' ', _bench.Proxy.Requests.Select(request => request.Method)));
    }

    [Fact]
    public async Task Tries_again_on_another_connection()
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.Trouble(
            request => request.IsPut,
            new S3Trouble.Answer(503, "SlowDown"),
            new S3Trouble.Answer(500, "InternalError"));

        await store.PutAsync("a", Content, Token);

        var puts = _bench.Proxy.Requests.Where(request => request.IsPut).Select(request => request.Connection).ToList();
        Assert.Equal(3, puts.Count);
        Assert.Equal(puts, puts.Distinct());
    }

    [Fact]
    public async Task Calls_itself_unreachable_after_its_last_attempt()
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.TroubleAlways(request => request.IsPut, new S3Trouble.Answer(503, "SlowDown"));

        var failure = await Fails(store);

        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        Assert.Equal(
            $"store 's3://{_bench.Bucket}/repository/a': unable to store 'a' in 4 attempts: 503 SlowDown: so it goes",
            failure.Message);
        Assert.Equal(4, _bench.Count(request => request.IsPut));
        Assert.Empty(await _bench.KeysAsync());
    }

    [Theory]
    [InlineData(403, "AccessDenied", "no", StoreFailure.Denied)]
    [InlineData(403, "InvalidAccessKeyId", "no", StoreFailure.Denied)]
    [InlineData(403, "SignatureDoesNotMatch", "no", StoreFailure.Denied)]
    [InlineData(403, "AccessDenied", "storage cap exceeded", StoreFailure.Full)]
    [InlineData(507, "XMinioStorageFull", "no", StoreFailure.Full)]
    [InlineData(403, "QuotaExceeded", "no", StoreFailure.Full)]
    [InlineData(404, "NoSuchBucket", "no", StoreFailure.Missing)]
    [InlineData(501, "NotImplemented", "no If-None-Match here", StoreFailure.Denied)]
    public async Task Does_not_insist_where_it_was_refused(int status, string code, string text, StoreFailure expected)
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.TroubleAlways(request => request.IsPut, new S3Trouble.Answer(status, code) { Text = text });

        var failure = await Fails(store);

        Assert.Equal(expected, failure.Failure);
        Assert.EndsWith($": {status} {code}: {text}", failure.Message);
        Assert.Equal(1, _bench.Count(request => request.IsPut));
        Assert.Empty(await _bench.KeysAsync());
    }

    [Fact]
    public async Task Removes_what_was_spoiled_on_the_way_and_calls_it_damage()
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.Trouble(request => request.IsPut, new S3Trouble.SpoiledRequest()); // moto takes it

        Assert.Equal(StoreFailure.Damaged, (await Fails(store)).Failure);

        Assert.Empty(await _bench.KeysAsync());
        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", Content, Token));
    }

    [Fact]
    public async Task Gives_up_on_a_line_that_moves_a_byte_now_and_then()
    {
        var store = _bench.Open(_bench.Brief);
        _bench.Proxy.TroubleAlways(
            request => request.IsPut, new S3Trouble.SlowRequest(TimeSpan.FromMilliseconds(50)));

        Assert.Equal(StoreFailure.Unreachable, (await Fails(store)).Failure);
        Assert.Empty(await _bench.KeysAsync());
    }

    [Fact]
    public async Task Stops_at_once_when_cancelled()
    {
        var store = _bench.Open(_bench.Options);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _bench.Proxy.TroubleAlways(request => Cancel(request, source), new S3Trouble.BlackHole());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync("a", Content, source.Token));
        Assert.Equal(1, _bench.Count(request => request.IsPut));
    }

    [Fact]
    public async Task Shows_no_secret_in_what_it_says()
    {
        var options = _bench.Options with { Credentials = () => new S3Credentials("the-key", "the-secret") };
        var store = _bench.Open(options);
        _bench.Proxy.TroubleAlways(request => request.IsPut, new S3Trouble.Answer(403, "SignatureDoesNotMatch"));

        var text = $"{await Fails(store)} {options} {options.Credentials()}";

        Assert.DoesNotContain("the-secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("the-key", text, StringComparison.Ordinal);
    }

    static bool Cancel(SeenRequest request, CancellationTokenSource source)
    {
        if (request.IsPut)
            source.CancelAfter(TimeSpan.FromMilliseconds(20));

        return request.IsPut;
    }

    static StoreCapabilities Service(bool oneCreatorWins)
        => oneCreatorWins ? StoreCapabilities.Amazon : StoreCapabilities.Backblaze;

    static Task<StoreException> Fails(S3Store store)
        => Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", Content, Token));
}
