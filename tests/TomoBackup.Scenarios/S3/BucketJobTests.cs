using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.S3;

namespace TomoBackup.Scenarios.S3;

/// <summary>The main job with a bucket: alone, as a follower, and from the bucket alone on an empty machine.</summary>
public sealed class BucketJobTests(S3Servers servers)
{
    [Fact]
    public async Task A_cluster_that_has_a_bucket_only_is_backed_up_archived_and_brought_back_to_a_moment()
    {
        var server = await servers.MotoAsync();
        var bucket = await server.NewBucketAsync();
        await using var production = await BucketStage.StartAsync(policy => policy with
        {
            Store = BucketStage.StoreOf(server, bucket, policy),
        });
        var taken = await production.Tool.ExpectAsync(0, "backup", "--full");
        await production.WriteArchivedAsync(2);
        await production.Tool.ExpectAsync(0, "backup", "--incremental");
        await production.WriteArchivedAsync(1);
        var moment = await production.Ledger.MarkAsync();
        await production.WriteArchivedAsync(1);
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
        await using var production = await BucketStage.StartAsync(policy => policy with
        {
            MoreRepositories = [$"offsite: {BucketStage.StoreOf(server, bucket, policy, "follows: local")}"],
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
        string[] bare = BucketStage.Bare(server, bucket, production);

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
        await using var production = await BucketStage.StartAsync(policy => policy with
        {
            MoreRepositories = [$"offsite: {BucketStage.StoreOf(server, bucket, policy, "follows: local")}"],
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
        await using var production = await BucketStage.StartAsync(policy => policy with
        {
            MoreRepositories = [$"offsite: {BucketStage.StoreOf(server, "tomo-never-made", policy, "follows: local")}"],
        }, initialize: false);

        var refused = await production.Tool.RunAsync("init");

        Assert.Equal(10, refused.ExitCode);
        Assert.Contains("tomo-never-made", refused.Errors, StringComparison.Ordinal);
    }
}
