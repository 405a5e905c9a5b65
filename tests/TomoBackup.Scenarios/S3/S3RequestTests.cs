using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.S3;

/// <summary>What a store says on the wire, when, and to whom.</summary>
public sealed class S3RequestTests(S3Servers servers) : IAsyncLifetime
{
    static readonly byte[] Content = Noise.Of(100_000);

    S3Bench _bench = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await S3Bench.StartAsync(servers);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Sends_bodies_plain_with_the_digest_that_servers_check()
    {
        var store = _bench.Open(_bench.Options with { ServerSideEncryption = "AES256" });

        await store.PutAsync("a", Content, Token);
        await store.PutAsync("b", Noise.Of(6 << 20), Token);

        var bodies = _bench.Proxy.Requests.Where(request => request.IsPut || request.IsPart).ToList();
        Assert.Equal([100_000, 1 << 20, 5 << 20], bodies.Select(body => body.Length).Order());
        Assert.All(bodies, body =>
        {
            Assert.Equal(24, body.Headers["Content-MD5"].Length);
            Assert.Equal(64, body.Headers["X-Amz-Content-SHA256"].Length);
            Assert.DoesNotContain(body.Headers.Keys, name => IsChecksum(name) || name == "Content-Encoding");
        });
        Assert.All(
            _bench.Proxy.Requests.Where(request => request.IsPut || request.IsBegin),
            begin => Assert.Equal("AES256", begin.Headers["x-amz-server-side-encryption"]));
    }

    [Fact]
    public async Task Waits_as_long_as_the_server_asks()
    {
        var time = new FakeTimeProvider();
        await using var proxy = new FaultProxy(_bench.Server.Endpoint, time);
        var store = _bench.Open(_bench.Options with
        {
            Endpoint = proxy.Endpoint,
            Time = time,
            Retry = _bench.Options.Retry with { StallTime = TimeSpan.FromDays(1) },
        });
        proxy.Trouble(request => request.IsPut, new S3Trouble.Answer(503, "SlowDown", ("Retry-After", "7")));

        var put = store.PutAsync("a", Content, Token);

        while (!put.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(5, Token);
        }

        Assert.Equal(CommitOutcome.Stored, await put);
        var puts = proxy.Requests.Where(request => request.IsPut).ToList();
        Assert.Equal(2, puts.Count);
        Assert.True(puts[1].At - puts[0].At >= TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Does_not_wait_longer_than_it_has_patience()
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.TroubleAlways(
            request => request.IsPut, new S3Trouble.Answer(429, "TooManyRequests", ("Retry-After", "86400")));

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", Content, Token));

        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        Assert.Equal(1, _bench.Count(request => request.IsPut));
    }

    [Fact]
    public async Task Signs_by_the_servers_clock_when_ours_is_wrong()
    {
        var theirs = TimeProvider.System.GetUtcNow().AddHours(3);
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.Trouble(
            request => request.IsPut,
            new S3Trouble.Answer(403, "RequestTimeTooSkewed", ("Date", theirs.ToString("R"))));

        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", Content, Token));

        var signed = _bench.Proxy.Requests.Last(request => request.IsPut).Headers["X-Amz-Date"];
        Assert.StartsWith(theirs.ToString("yyyyMMdd'T'HH"), signed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_servers_clock_where_that_does_not_help()
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.TroubleAlways(
            request => request.IsPut,
            new S3Trouble.Answer(403, "RequestTimeTooSkewed", ("Date", "Thu, 01 Jan 2026 00:00:00 GMT")));

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", Content, Token));

        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        Assert.EndsWith("(its clock shows Thu, 01 Jan 2026 00:00:00 GMT)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Needs_no_right_to_read_to_store_what_one_request_holds()
    {
        var store = _bench.Open(_bench.Options with { Capabilities = StoreCapabilities.Backblaze });
        _bench.Proxy.TroubleAlways(request => request.IsGet, new S3Trouble.Answer(403, "AccessDenied"));
        _bench.Proxy.Trouble(request => request.IsPut, new S3Trouble.LostReply());

        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", Content, Token));
        Assert.Equal(CommitOutcome.AlreadyExists, await store.PutAsync("a", Content, Token));
        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("b", Noise.Of(6 << 20), Token));
        Assert.Equal(1, _bench.Count(request => request.IsGet));
    }

    [Fact]
    public async Task Says_so_where_proof_would_need_the_right_to_read()
    {
        var store = _bench.Open(_bench.Options with { Capabilities = StoreCapabilities.Stranger });
        _bench.Proxy.TroubleAlways(request => request.IsGet, new S3Trouble.Answer(403, "AccessDenied"));

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", Noise.Of(6 << 20), Token));

        Assert.Equal(StoreFailure.Denied, failure.Failure);
        Assert.EndsWith("'a' can not be proven, for this key may not read", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_to_its_limit_for_uploads()
    {
        var store = _bench.Open(_bench.Options with { UploadLimit = 200_000 });
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(store.PutAsync("a", Content, Token), store.PutAsync("b", Content, Token));

        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(0.5), $"it took {watch.Elapsed}");
    }

    [Fact]
    public async Task Locks_objects_and_passes_over_what_was_deleted()
    {
        await using var bench = await S3Bench.StartAsync(servers, hasLocks: true);
        var until = TimeProvider.System.GetUtcNow().AddDays(1);
        var store = bench.Open(bench.Options with
        {
            Lock = new S3ObjectLock(S3LockMode.Governance, (key, _) => key.Value == "free" ? null : until),
        });
        await store.PutAsync("a", Content, Token);
        await store.PutAsync("b", Noise.Of(6 << 20), Token);
        await store.PutAsync("free", Content, Token);

        var head = await bench.Server.Client.GetObjectMetadataAsync(bench.Bucket, "repository/a/a", Token);
        Assert.Equal("GOVERNANCE", head.ObjectLockMode?.Value);
        Assert.Equal(
            until.UtcDateTime, head.ObjectLockRetainUntilDate!.Value.ToUniversalTime(), TimeSpan.FromSeconds(1));

        // moto forgets the locks of objects in parts, so what it was asked for has to do.
        Assert.Equal(
            ["GOVERNANCE", "GOVERNANCE", null],
            bench.Proxy.Requests.Where(request => request.IsPut || request.IsBegin)
                .Select(request => request.Headers.GetValueOrDefault("x-amz-object-lock-mode")));

        await store.DeleteAsync(new("a"), Token);
        Assert.Equal(["b", "free"], await store.KeysAsync("", Token));
        Assert.Null(await store.GetAsync("a", Token));
        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", Content, Token));
    }

    [Fact]
    public async Task Trusts_the_authorities_of_its_file_alone()
    {
        using var folder = new TestFolder();
        using var authority = new TestAuthority("authority");
        using var stranger = new TestAuthority("stranger");
        using var certificate = authority.CertifyServer();
        await using var proxy = new FaultProxy(_bench.Server.Endpoint, TimeProvider.System, certificate);
        var options = _bench.Options with { Endpoint = proxy.Endpoint };
        var trusting = _bench.Open(options with
        {
            CertificateAuthorityFile = folder.Write("ca.pem", authority.Pem),
        });

        Assert.Equal(CommitOutcome.Stored, await trusting.PutAsync("a", Content, Token));

        foreach (var file in new[] { null, folder.Write("other.pem", stranger.Pem) })
        {
            var distrusting = _bench.Open(options with { CertificateAuthorityFile = file });
            var failure = await Assert.ThrowsAsync<StoreException>(() => distrusting.GetAsync("a", Token));
            Assert.Equal(StoreFailure.Unreachable, failure.Failure);
            Assert.Contains("unable to open 'a': no trusted connection", failure.Message, StringComparison.Ordinal);
        }
    }

    static bool IsChecksum(string name)
        => name.StartsWith("x-amz-checksum", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("x-amz-sdk-checksum", StringComparison.OrdinalIgnoreCase);
}
