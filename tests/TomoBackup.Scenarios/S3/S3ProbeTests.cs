using Amazon.S3.Model;
using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;

namespace TomoBackup.Scenarios.S3;

public sealed class S3ProbeTests(S3Servers servers)
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_what_moto_does_and_leaves_nothing()
    {
        await using var bench = await S3Bench.StartAsync(servers);

        var result = await ProbeAsync(bench);

        Assert.Equal(
            StoreCapabilities.Stranger with
            {
                ConditionalPut = ConditionalPut.Enforced,
                ReadBack = ReadBack.Checksum,
                CanOverwrite = true,
                CanDelete = true,
                CanErase = true,
                KeepsVersions = false,
                HasObjectLock = false,
                ChecksUploads = false,
                ReadsRanges = true,
                ListsAtOnce = true,
                ClockDifference = result.Capabilities.ClockDifference,
            },
            result.Capabilities);
        Assert.InRange(result.Capabilities.ClockDifference!.Value.TotalSeconds, -2, 2);
        Assert.Equal(["the service takes an upload that does not fit its Content-MD5"], result.Remarks);
        Assert.Empty(result.Left);
        Assert.Empty(await LeftAsync(bench));
    }

    [Fact]
    public async Task Finds_versions_and_locks_and_erases_its_versions()
    {
        await using var bench = await S3Bench.StartAsync(servers, hasLocks: true);

        var result = await ProbeAsync(bench);

        Assert.True(result.Capabilities.KeepsVersions);
        Assert.True(result.Capabilities.HasObjectLock);
        Assert.True(result.Capabilities.CanErase);
        Assert.Empty(result.Left);
        Assert.Empty(await LeftAsync(bench));
    }

    [Fact]
    public async Task Finds_that_a_gateway_heeds_no_condition_and_reads_no_ranges()
    {
        var server = await servers.GatewayAsync();
        await using var store = S3Store.Open(server.OptionsFor(await server.NewBucketAsync()));

        var result = await new CapabilityProbe(store).RunAsync(Token);

        Assert.Equal("Ceph", result.Capabilities.Service);
        Assert.Equal(ConditionalPut.Ignored, result.Capabilities.ConditionalPut);
        Assert.False(result.Capabilities.ReadsRanges);
        Assert.True(result.Capabilities.ChecksUploads);
        Assert.True(result.Capabilities.ListsAtOnce);
        Assert.Equal(ReadBack.JoinedBytes, result.Capabilities.ReadBack);
        Assert.Equal(3, result.Remarks.Count);
        Assert.Contains(result.Remarks, remark => remark.StartsWith("objects in parts", StringComparison.Ordinal));
        Assert.Empty(result.Left);
    }

    [Fact]
    public async Task Asks_a_service_that_is_known_for_no_object_in_parts()
    {
        await using var bench = await S3Bench.StartAsync(servers);

        await new CapabilityProbe(bench.Open(bench.Options)).RunAsync(Token);

        Assert.DoesNotContain(bench.Proxy.Requests, request => request.IsBegin);
    }

    [Fact]
    public async Task Leaves_no_parts_where_they_could_not_be_joined()
    {
        await using var bench = await S3Bench.StartAsync(servers);
        bench.Proxy.TroubleAlways(request => request.IsJoin, new S3Trouble.Answer(403, "AccessDenied"));

        var result = await ProbeAsync(bench);

        Assert.Equal(ReadBack.JoinedBytes, result.Capabilities.ReadBack);
        Assert.Equal(0, await bench.UnfinishedAsync());
        Assert.Empty(await LeftAsync(bench));
    }

    [Fact]
    public async Task Says_what_a_key_without_the_right_could_not_remove()
    {
        await using var bench = await S3Bench.StartAsync(servers);
        bench.Proxy.TroubleAlways(request => request.IsDelete, new S3Trouble.Answer(403, "AccessDenied"));

        var result = await ProbeAsync(bench);

        Assert.False(result.Capabilities.CanDelete);
        Assert.False(result.Capabilities.CanErase);
        Assert.Equal(await LeftAsync(bench), result.Left.Order());
        Assert.Equal(3, result.Left.Count);
        Assert.Empty(await bench.Open(bench.Options).ListAsync("", Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Tells_a_refused_condition_from_one_that_failed()
    {
        await using var bench = await S3Bench.StartAsync(servers);
        bench.Proxy.TroubleAlways(
            request => request.IsPut && request.Headers.ContainsKey("If-None-Match"),
            new S3Trouble.Answer(501, "NotImplemented"));

        Assert.Equal(ConditionalPut.Refused, (await ProbeAsync(bench)).Capabilities.ConditionalPut);
    }

    [Fact]
    public async Task Knows_nothing_where_it_was_not_told()
    {
        await using var bench = await S3Bench.StartAsync(servers);
        bench.Proxy.TroubleAlways(request => request.Method == "GET", new S3Trouble.Answer(403, "AccessDenied"));

        var found = (await ProbeAsync(bench)).Capabilities;

        Assert.Null(found.ListsAtOnce);
        Assert.Null(found.ReadsRanges);
        Assert.Null(found.KeepsVersions);
        Assert.Null(found.HasObjectLock);
    }

    [Fact]
    public async Task Fails_where_the_first_object_can_not_be_stored()
    {
        await using var bench = await S3Bench.StartAsync(servers);
        bench.Proxy.TroubleAlways(request => request.IsPut, new S3Trouble.Answer(403, "AccessDenied"));

        var failure = await Assert.ThrowsAsync<StoreException>(() => ProbeAsync(bench));

        Assert.Equal(StoreFailure.Denied, failure.Failure);
    }

    static Task<ProbeResult> ProbeAsync(S3Bench bench)
        => new CapabilityProbe(bench.Open(bench.Options with { Capabilities = StoreCapabilities.Stranger }))
            .RunAsync(Token);

    static async Task<IReadOnlyList<string>> LeftAsync(S3Bench bench)
    {
        var answer = await bench.Server.Client.ListVersionsAsync(
            new ListVersionsRequest { BucketName = bench.Bucket }, Token);
        return [.. (answer.Versions ?? []).Select(version => version.Key).Distinct().Order()];
    }
}
