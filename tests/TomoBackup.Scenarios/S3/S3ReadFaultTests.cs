using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.S3;

/// <summary>Reads, listings and deletions, and what may become of them.</summary>
public sealed class S3ReadFaultTests(S3Servers servers) : IAsyncLifetime
{
    static readonly byte[] Content = Noise.Of(400_000);

    S3Bench _bench = null!;
    S3Store _store = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bench = await S3Bench.StartAsync(servers);
        _store = _bench.Open(_bench.Impatient);
        await _bench.Open(_bench.Server.OptionsFor(_bench.Bucket)).PutAsync("a", Content, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Reads_on_where_the_line_broke()
    {
        _bench.Proxy.Trouble(
            IsRead, new S3Trouble.ShortAnswer(100_000), new S3Trouble.LostReply(), new S3Trouble.ShortAnswer(50_000));

        Assert.Equal(Content, await _store.GetAsync("a", Token));

        Assert.Equal(
            ["bytes=0-399999", "bytes=100000-399999", "bytes=100000-399999", "bytes=150000-399999"],
            _bench.Proxy.Requests.Where(IsRead).Select(request => request.Headers["Range"]));
    }

    [Fact]
    public async Task Reads_past_whatever_passes()
    {
        _bench.Proxy.Trouble(
            request => request.IsGet,
            new S3Trouble.Answer(500, "InternalError"),
            new S3Trouble.Answer(503, "SlowDown"),
            new S3Trouble.BlackHole());
        _bench.Proxy.Trouble(
            IsRead,
            new S3Trouble.SlowAnswer(TimeSpan.FromMilliseconds(50)),
            new S3Trouble.Answer(200, "InternalError"));

        Assert.Equal(Content, await _store.GetAsync("a", Token));
    }

    [Fact]
    public async Task A_short_object_comes_with_the_request_that_opens_it_and_a_long_one_is_read_on()
    {
        var store = _bench.Open(_bench.Impatient with { HeadBytes = 64 << 10 });
        await store.PutAsync("short", Content.AsMemory(0, 1000).ToArray(), Token);
        var before = _bench.Count(request => request.IsGet);
        _bench.Proxy.Trouble(
            request => request.IsGet, new S3Trouble.Answer(200, "InternalError"), new S3Trouble.ShortAnswer(10));

        Assert.Equal(Content[..1000], await store.GetAsync("short", Token));
        Assert.Equal(3, _bench.Count(request => request.IsGet) - before);

        Assert.Equal(Content, await store.GetAsync("a", Token));
        Assert.Equal(
            ["bytes=0-65535", "bytes=65536-399999"],
            _bench.Proxy.Requests.Where(request => request.IsGet).TakeLast(2).Select(r => r.Headers["Range"]));
    }

    [Fact]
    public async Task Calls_itself_unreachable_when_bytes_only_trickle()
    {
        var store = _bench.Open(_bench.Brief);
        _bench.Proxy.TroubleAlways(IsRead, new S3Trouble.SlowAnswer(TimeSpan.FromMilliseconds(20)));

        Assert.Equal(StoreFailure.Unreachable, await FailureOf(store.GetAsync("a", Token)));
    }

    [Fact]
    public async Task Never_answers_absent_on_a_strangers_word()
    {
        _bench.Proxy.TroubleAlways(request => request.IsGet, new S3Trouble.Answer(404, "NotFound"));

        Assert.Equal(StoreFailure.Unreachable, await FailureOf(_store.GetAsync("none", Token)));
    }

    [Fact]
    public async Task Says_at_once_that_a_key_was_revoked_in_the_middle()
    {
        await using var reader = await _store.OpenAsync(new("a"), Token);
        _bench.Proxy.Trouble(IsRead, new S3Trouble.ShortAnswer(1000), new S3Trouble.Answer(403, "AccessDenied"));

        Assert.Equal(StoreFailure.Denied, await FailureOf(reader!.ReadAsync(0, new byte[5000], Token).AsTask()));
        Assert.Equal(2, _bench.Count(IsRead));
    }

    [Fact]
    public async Task Notices_that_an_open_object_was_replaced()
    {
        await using var reader = await _store.OpenAsync(new("a"), Token);
        await PutBehindItsBackAsync("repository/a/a", new string('x', 400_000));

        Assert.Equal(StoreFailure.Damaged, await FailureOf(reader!.ReadAsync(0, new byte[10], Token).AsTask()));
    }

    [Fact]
    public async Task Notices_that_an_open_object_went_away()
    {
        await using var reader = await _store.OpenAsync(new("a"), Token);
        await _bench.Server.Client.DeleteObjectAsync(_bench.Bucket, "repository/a/a", Token);

        Assert.Equal(StoreFailure.Damaged, await FailureOf(reader!.ReadAsync(0, new byte[10], Token).AsTask()));
    }

    [Fact]
    public async Task Lists_past_whatever_passes_in_the_middle()
    {
        await FillAsync("b", "c", "d", "e", "f", "g");
        _bench.Proxy.Trouble(
            request => request.IsListing && request.Target.Contains("continuation-token", StringComparison.Ordinal),
            new S3Trouble.Answer(500, "InternalError"),
            new S3Trouble.Answer(200, "InternalError"),
            new S3Trouble.ShortAnswer(300));

        Assert.Equal(["a", "b", "c", "d", "e", "f", "g"], await _store.KeysAsync("", Token));
    }

    [Fact]
    public async Task Never_takes_an_error_that_says_200_for_an_empty_listing()
    {
        _bench.Proxy.TroubleAlways(request => request.IsListing, new S3Trouble.Answer(200, "InternalError"));

        await Assert.ThrowsAsync<StoreException>(() => _store.KeysAsync("", Token));
    }

    [Fact]
    public async Task Never_takes_half_a_listing_for_a_whole_one()
    {
        await FillAsync("b", "c");
        _bench.Proxy.TroubleAlways(request => request.IsListing, new S3Trouble.ShortAnswer(500));

        await Assert.ThrowsAsync<StoreException>(() => _store.KeysAsync("", Token));
    }

    [Fact]
    public async Task Refuses_a_listing_that_goes_back()
    {
        await FillAsync("b", "c", "d", "e", "f");
        _bench.Proxy.TroubleAlways(
            request => request.IsListing && request.Target.Contains("continuation-token", StringComparison.Ordinal),
            new S3Trouble.OtherAnswer(page => Replace(page, "repository/a/f", "repository/a/b")));

        Assert.Equal(StoreFailure.Damaged, await FailureOf(_store.KeysAsync("", Token)));
    }

    [Fact]
    public async Task Is_not_misled_by_a_stale_listing()
    {
        Assert.Equal(["a"], await _store.KeysAsync("", Token));
        _bench.Proxy.TroubleAlways(request => request.IsListing, new S3Trouble.StaleAnswer());

        Assert.Equal(CommitOutcome.Stored, await _store.PutAsync("b", new byte[1], Token));

        Assert.Equal(["a"], await _store.KeysAsync("", Token)); // the listing is stale indeed
        Assert.Equal(new byte[1], await _store.GetAsync("b", Token));
        Assert.Equal(CommitOutcome.AlreadyExists, await _store.PutAsync("b", new byte[2], Token));
    }

    [Fact]
    public async Task Passes_over_names_that_are_no_keys()
    {
        foreach (var name in new[] { "repository/a/.hidden", "repository/a/b~", "repository/a/c//d", "repository/ab" })
            await PutBehindItsBackAsync(name, "x");

        Assert.Equal(["a"], await _store.KeysAsync("", Token));
    }

    [Fact]
    public async Task Deletes_past_whatever_passes()
    {
        _bench.Proxy.Trouble(
            request => request.IsDelete, new S3Trouble.Answer(500, "InternalError"), new S3Trouble.LostReply());

        await _store.DeleteAsync(new("a"), Token);

        Assert.Empty(await _bench.KeysAsync());
    }

    [Fact]
    public async Task Calls_a_missing_bucket_missing_whatever_is_asked()
    {
        var store = _bench.Open(_bench.Options with { Bucket = "no-such-bucket" });

        foreach (var call in new Func<Task>[]
        {
            () => store.GetAsync("a", Token),
            () => store.PutAsync("a", new byte[1], Token),
            () => store.PutAsync("a", new byte[6 << 20], Token),
            () => store.KeysAsync("", Token),
            () => store.DeleteAsync(new("a"), Token).AsTask(),
        })
            Assert.Equal(StoreFailure.Missing, await FailureOf(call()));
    }

    static bool IsRead(SeenRequest request)
        => request.IsGet && !request.Headers["Range"].EndsWith("=0-0", StringComparison.Ordinal);

    static byte[] Replace(byte[] page, string what, string by)
        => System.Text.Encoding.UTF8.GetBytes(
            System.Text.Encoding.UTF8.GetString(page).Replace(what, by, StringComparison.Ordinal));

    static async Task<StoreFailure> FailureOf(Task call)
        => (await Assert.ThrowsAsync<StoreException>(() => call)).Failure;

    async Task PutBehindItsBackAsync(string path, string content)
        => await _bench.Server.Client.PutObjectAsync(
            new() { BucketName = _bench.Bucket, Key = path, ContentBody = content }, Token);

    async Task FillAsync(params string[] keys)
    {
        foreach (var key in keys)
            await _store.PutAsync(key, new byte[1], Token);
    }
}
