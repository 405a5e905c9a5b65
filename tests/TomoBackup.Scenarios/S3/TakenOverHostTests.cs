using Amazon.S3;
using Amazon.S3.Model;
using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.S3;

namespace TomoBackup.Scenarios.S3;

/// <summary>Somebody has the database host, and with it the key of the bucket.</summary>
public sealed class TakenOverHostTests(S3Servers servers)
{
    const string Schedule = "full: \"0 2 * * *\"";

    const string Retention = "retention: { wal: 7d, backup: 7d }\n";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_inside_the_window_comes_back_after_all_was_overwritten_hidden_and_deleted()
    {
        var server = await servers.MotoAsync();
        var bucket = await server.NewBucketAsync(hasLocks: true);
        await using var production = await BucketStage.StartAsync(policy => policy with
        {
            ClusterKeys = [Schedule],
            MoreRepositories =
            [
                "offsite: " + BucketStage.StoreOf(
                    server, bucket, policy, "follows: local, may_delete: false, object_lock: compliance"),
            ],
            More = Retention,
        });
        await production.Tool.ExpectAsync(0, "backup", "--full");
        await production.WriteSegmentsAsync(1);
        var early = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(1);
        await production.Tool.ExpectAsync(0, "backup", "--incremental");
        await production.WriteSegmentsAsync(1);
        var late = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(1);
        await production.Tool.ExpectAsync(0, "follow");
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancelled);
        var before = TimeProvider.System.GetUtcNow();
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancelled);

        Directory.Delete(production.Policy.Repository, recursive: true);
        Directory.Delete(production.Policy.StateDirectory, recursive: true);
        await RuinAsync(server, bucket);
        production.Tool.PolicyFile = null;
        var bare = BucketStage.Bare(server, bucket, production);

        var now = await production.Tool.RunAsync(["list", .. bare]);
        Assert.NotEqual(0, now.ExitCode);

        string[] past = [.. bare, "--as-of", Words.Of(before)];
        var list = await production.Tool.ExpectAsync(0, ["list", .. past]);
        Assert.Contains("incremental", list.Output, StringComparison.Ordinal);
        var windows = await production.Tool.ExpectAsync(0, ["windows", .. past]);
        Assert.Contains("no gap", windows.Output, StringComparison.Ordinal);

        foreach (var (name, moment) in new[] { ("early", early), ("late", late) })
        {
            var (copy, _) = await production.RestoreAsync(name, [.. past, "--to-time", Words.Of(moment.Time)]);
            await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
        }
    }

    [Fact]
    public async Task Locks_that_the_policy_gives_no_end_store_nothing()
    {
        var server = await servers.MotoAsync();
        var bucket = await server.NewBucketAsync(hasLocks: true);
        await using var production = await BucketStage.StartAsync(
            policy => policy with
            {
                MoreRepositories =
                [
                    "offsite: " + BucketStage.StoreOf(
                        server, bucket, policy, "follows: local, object_lock: governance"),
                ],
            },
            initialize: false);

        (await production.Tool.ExpectAsync(78, "init")).Refuses("until when objects in 'offsite'", "policy check");
    }

    /// <summary>New versions over every name, then every name hidden, then every version deleted that can be: with the
    /// rights of the host's key and more.</summary>
    static async Task RuinAsync(S3Server server, string bucket)
    {
        var versions = (await server.Client.ListVersionsAsync(bucket, Cancelled)).Versions;

        foreach (var version in versions)
        {
            using var junk = new MemoryStream([1, 2, 3]);
            await server.Client.PutObjectAsync(
                new PutObjectRequest { BucketName = bucket, Key = version.Key, InputStream = junk }, Cancelled);
            await server.Client.DeleteObjectAsync(bucket, version.Key, Cancelled);
        }

        var refused = 0;

        foreach (var version in versions)
            try
            {
                await server.Client.DeleteObjectAsync(
                    new DeleteObjectRequest
                    {
                        BucketName = bucket,
                        Key = version.Key,
                        VersionId = version.VersionId,
                        BypassGovernanceRetention = true,
                    },
                    Cancelled);
            }
            catch (AmazonS3Exception failure) when (failure.ErrorCode == "AccessDenied")
            {
                refused++;
            }

        Assert.Equal(versions.Count, refused);
    }
}
