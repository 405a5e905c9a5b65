using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.S3;

namespace TomoBackup.Scenarios.S3;

/// <summary>The main job with a bucket behind TLS, whose certificate an authority of one's own has made.</summary>
public sealed class TlsJobTests(S3Servers servers) : IAsyncLifetime
{
    readonly TestAuthority _authority = new("authority of the service");
    FaultProxy _service = null!;
    string _bucket = "";

    public async ValueTask InitializeAsync()
    {
        var server = await servers.MotoAsync();
        _bucket = await server.NewBucketAsync();
        _service = new FaultProxy(server.Endpoint, TimeProvider.System, _authority.CertifyServer());
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task With_the_authority_in_ca_file_a_cluster_is_brought_back_to_a_moment()
    {
        await using var production = await PrepareAsync();
        var authority = production.Folder.Write("ca.pem", _authority.Pem);
        Trust(production, $"ca_file: {authority}");

        await WholeJob.RunAsync(production);

        production.Tool.PolicyFile = null;
        var list = await production.Tool.ExpectAsync(
            0, "list", "--from", $"s3://{_bucket}/tomo", "--endpoint", $"{_service.Endpoint}", "--ca-file", authority,
            "--access-key", production.Folder["access.key"], "--secret-key", production.Folder["secret.key"],
            "--identity", production.Folder["recovery.key"]);
        Assert.Contains("good", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_authority_or_with_another_the_service_is_refused_before_it_learns_anything()
    {
        using var stranger = new TestAuthority("stranger");
        await using var production = await PrepareAsync();
        await production.Cluster.StartAsync();
        var other = production.Folder.Write("other.pem", stranger.Pem);

        foreach (var trust in new[] { "may_delete: true", $"ca_file: {other}" })
        {
            Trust(production, trust);
            var refused = await production.Tool.ExpectAsync(69, "init");
            var lines = refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var sentence = lines[0];
            Assert.Contains("'ca_file'", Assert.Single(lines[1..]), StringComparison.Ordinal);
            Assert.StartsWith($"error: store 's3://{_bucket}/tomo': ", sentence, StringComparison.Ordinal);
            Assert.Contains("no trusted connection: The remote certificate", sentence, StringComparison.Ordinal);
            Assert.Empty(refused.Output);
        }

        Assert.Empty(_service.Requests);
        Trust(production, $"ca_file: {production.Folder.Write("ca.pem", _authority.Pem)}");
        await production.Tool.ExpectAsync(0, "init");
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_not_there_or_holds_none_is_named()
    {
        await using var production = await PrepareAsync();
        await production.Cluster.StartAsync();
        var empty = production.Folder.Write("empty.pem", "no certificate\n");

        foreach (var file in new[] { empty, production.Folder["none.pem"] })
        {
            Trust(production, $"ca_file: {file}");
            (await production.Tool.RunAsync("init")).Refuses(file, "ca_file");
        }
    }

    static async Task<ProtectedCluster> PrepareAsync()
    {
        var production = await ProtectedCluster.InitializeAsync();
        BucketText.WriteKeys(production.Folder);
        return production;
    }

    void Trust(ProtectedCluster production, string more)
        => (production.Policy with { Store = BucketText.Of(_service.Endpoint, _bucket, production.Folder, more) })
            .WriteTo(production.Folder);
}
