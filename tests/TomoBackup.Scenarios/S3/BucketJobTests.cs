using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.S3;

/// <summary>The main job with a bucket: alone, as a follower, and from the bucket alone on an empty machine.</summary>
public sealed class BucketJobTests(S3Servers servers)
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_that_has_a_bucket_only_is_backed_up_archived_and_brought_back_to_a_moment()
    {
        var server = await servers.MotoAsync();
        var bucket = await server.NewBucketAsync();
        await using var production = await StartAsync(policy => policy with
        {
            Store = StoreOf(server, bucket, policy),
        });
        var taken = await production.Tool.ExpectAsync(0, "backup", "--full");
        await WriteAsync(production, 2);
        await production.Tool.ExpectAsync(0, "backup", "--incremental");
        await WriteAsync(production, 1);
        var moment = await production.Ledger.MarkAsync();
        await WriteAsync(production, 1);
        await production.Tool.ExpectAsync(0, "verify", "--deep");
        var check = await production.Tool.RunAsync("check");
        Assert.Contains("service of 'local'", check.Output, StringComparison.Ordinal);
        Assert.Contains("this key can delete", check.Output, StringComparison.Ordinal);
        Assert.Contains("was in every repository after", check.Output, StringComparison.Ordinal);
        var status = await production.Tool.RunAsync("status");
        Assert.Contains("a good backup", status.Output, StringComparison.Ordinal);

        var (copy, _) = await production.RestoreAsync("copy", "--to-time", Words.Of(moment.Time));

        Assert.StartsWith("full backup ", taken.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
        Assert.False(Directory.Exists($"{copy.DataDirectory}/pg_wal/tomo-backup"));
    }

    [Fact]
    public async Task From_a_bucket_that_followed_an_empty_machine_restores_with_nothing_but_keys()
    {
        var server = await servers.MotoAsync();
        var bucket = await server.NewBucketAsync();
        await using var production = await StartAsync(policy => policy with
        {
            MoreRepositories = [$"offsite: {StoreOf(server, bucket, policy, "follows: local")}"],
        });
        await production.Tool.ExpectAsync(0, "backup", "--full");
        await production.WriteSegmentsAsync(2);
        var moment = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(1);
        var followed = await production.Tool.ExpectAsync(0, "follow");
        Assert.Contains("1 backup from 'local'", followed.Output, StringComparison.Ordinal);

        // What is left: the bucket, its key, the recovery key, this program.
        Directory.Delete(production.Policy.Repository, recursive: true);
        Directory.Delete(production.Policy.StateDirectory, recursive: true);
        production.Tool.PolicyFile = null;
        string[] bare =
        [
            "--from", $"s3://{bucket}/tomo", "--endpoint", server.Endpoint.ToString(), "--access-key",
            production.Folder["access.key"], "--secret-key", production.Folder["secret.key"], "--identity",
            production.Folder["recovery.key"],
        ];

        var list = await production.Tool.ExpectAsync(0, ["list", .. bare]);
        Assert.Contains("good", list.Output, StringComparison.Ordinal);
        var windows = await production.Tool.ExpectAsync(0, ["windows", .. bare]);
        Assert.Contains("no gap", windows.Output, StringComparison.Ordinal);
        var (copy, _) = await production.RestoreAsync(
            "copy", [.. bare, "--to-time", Words.Of(moment.Time)]);
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
    }

    [Fact]
    public async Task Keys_of_the_bucket_that_others_could_read_or_that_are_missing_are_refused()
    {
        var server = await servers.MotoAsync();
        var bucket = await server.NewBucketAsync();
        await using var production = await StartAsync(policy => policy with
        {
            MoreRepositories = [$"offsite: {StoreOf(server, bucket, policy, "follows: local")}"],
        });
        var secret = production.Folder["secret.key"];

        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        (await production.Tool.ExpectAsync(12, "follow")).Refuses("can be read by others than its owner", "chmod 600");
        File.Delete(secret);
        (await production.Tool.ExpectAsync(12, "follow")).Refuses("which is not there", "mode 0600");

        // The archive does not mind.
        await production.WriteSegmentsAsync(1);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        var server = await servers.MotoAsync();
        await using var production = await StartAsync(policy => policy with
        {
            MoreRepositories = [$"offsite: {StoreOf(server, "tomo-never-made", policy, "follows: local")}"],
        }, initialize: false);

        var refused = await production.Tool.RunAsync("init");

        Assert.Equal(10, refused.ExitCode);
        Assert.Contains("tomo-never-made", refused.Errors, StringComparison.Ordinal);
    }

    static string StoreOf(S3Server server, string bucket, TestPolicy policy, string more = "may_delete: true")
    {
        var folder = Path.GetDirectoryName(policy.StateDirectory)!;
        return $"{{ store: \"s3://{bucket}/tomo\", endpoint: \"{server.Endpoint}\", "
            + $"access_key: {{ file: {folder}/access.key }}, secret_key: {{ file: {folder}/secret.key }}, {more} }}";
    }

    static async Task<ProtectedCluster> StartAsync(
        Func<TestPolicy, TestPolicy> change, bool initialize = true)
    {
        var production = await ProtectedCluster.InitializeAsync();
        production.Cluster.Configure("summarize_wal", "on");
        production.Folder.WritePrivate("access.key", "moto-key\n");
        production.Folder.WritePrivate("secret.key", "moto-secret-of-no-worth\n");
        change(production.Policy).WriteTo(production.Folder);

        if (initialize)
            await production.BeginAsync();
        else
            await production.Cluster.StartAsync(new Dictionary<string, string>());

        return production;
    }

    /// <summary>Segments that go to the bucket.</summary>
    static async Task WriteAsync(ProtectedCluster production, int segments)
    {
        for (var i = 0; i < segments; i++)
        {
            await production.Ledger.WriteAsync(5);
            var name = await production.SwitchAsync();
            await ProtectedCluster.WaitUntilAsync(
                () => production.Cluster.ScalarAsync<bool>(
                    $"SELECT last_archived_wal >= '{name}' FROM pg_stat_archiver").GetAwaiter().GetResult(),
                $"'{name}' is archived");
        }
    }
}
