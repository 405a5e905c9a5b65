using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.S3;

namespace TomoBackup.Scenarios.S3;

/// <summary>A key that may neither delete nor overwrite is enough for every verb that a database host runs.</summary>
public sealed class WriteOnlyKeyTests(S3Servers servers) : IAsyncDisposable
{
    FaultProxy? _proxy;

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
            await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Alone_it_carries_the_whole_main_job()
    {
        var (server, bucket) = await StartServerAsync();
        await using var production = await BucketStage.StartAsync(policy => policy with
        {
            Store = BucketStage.StoreOf(_proxy!.Endpoint, bucket, policy, "may_delete: false"),
            More = "retention: { wal: 7d, backup: 7d }\n",
        });
        var check = await production.Tool.ExpectAsync(2, "check"); // moto checks no uploads, this machine no fsync
        Assert.Contains("this key cannot delete, cannot overwrite", check.Output, StringComparison.Ordinal);
        await production.Tool.ExpectAsync(0, "backup", "--full");
        await production.WriteArchivedAsync(2);
        var taken = await production.IncrementAsync();
        await production.WriteArchivedAsync(1);
        var moment = await production.Ledger.MarkAsync();
        await production.WriteArchivedAsync(1);
        await production.Tool.ExpectAsync(0, "verify");
        await production.Tool.ExpectAsync(0, "verify", "--deep");
        await production.Tool.ExpectAsync(0, "list");
        await production.Tool.ExpectAsync(0, "show", taken.Id);
        await production.Tool.ExpectAsync(0, "windows");
        await production.Tool.ExpectAsync(0, "hold", taken.Id, "--reason", "an audit");
        await production.Tool.ExpectAsync(0, "expire", "--plan");
        Assert.Contains("a good backup", (await production.Tool.RunAsync("status")).Output, StringComparison.Ordinal);

        var (copy, _) = await production.RestoreAsync("copy", "--to-time", Words.Of(moment.Time));
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
        await ExpectNothingReplacedAsync(server, bucket);
    }

    [Fact]
    public async Task It_lets_a_follower_follow()
    {
        var (server, bucket) = await StartServerAsync();
        await using var production = await BucketStage.StartAsync(policy => policy with
        {
            MoreRepositories =
            [
                "offsite: "
                    + BucketStage.StoreOf(_proxy!.Endpoint, bucket, policy, "follows: local, may_delete: false"),
            ],
        });
        await production.Tool.ExpectAsync(0, "backup", "--full");
        await production.WriteSegmentsAsync(1);
        await production.Tool.ExpectAsync(0, "follow");
        await production.WriteSegmentsAsync(1);
        await production.Tool.ExpectAsync(0, "follow");
        await production.Tool.ExpectAsync(0, "verify", "--repository", "offsite", "--deep");

        await ExpectNothingReplacedAsync(server, bucket);
    }

    /// <summary>A service that refuses every delete, and every put to a name that is taken: whatever the request says
    /// of conditions.</summary>
    async Task<(S3Server Server, string Bucket)> StartServerAsync()
    {
        var server = await servers.MotoAsync();
        var taken = new HashSet<string>();
        var refusal = new S3Trouble.Answer(403, "AccessDenied") { Text = "this key may not" };
        _proxy = new FaultProxy(server.Endpoint, TimeProvider.System);
        _proxy.TroubleAlways(request => request.IsDelete, refusal);
        _proxy.TroubleAlways(request => request.IsPut && !taken.Add(request.Target), refusal);
        return (server, await server.NewBucketAsync(hasLocks: true));
    }

    /// <summary>The bucket keeps versions: a second one would show.</summary>
    static async Task ExpectNothingReplacedAsync(S3Server server, string bucket)
    {
        var versions = await server.Client.ListVersionsAsync(bucket, TestContext.Current.CancellationToken);
        Assert.NotEmpty(versions.Versions);
        Assert.DoesNotContain(versions.Versions, version => version.IsDeleteMarker == true);
        Assert.Equal(versions.Versions.Count, versions.Versions.DistinctBy(version => version.Key).Count());
    }
}
