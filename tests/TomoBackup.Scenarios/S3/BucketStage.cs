using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.S3;

/// <summary>A cluster that has a bucket.</summary>
static class BucketStage
{
    /// <summary>A repository in a bucket, as the policy writes it.</summary>
    public static string StoreOf(
        S3Server server, string bucket, TestPolicy policy, string more = "may_delete: true")
        => StoreOf(server.Endpoint, bucket, policy, more);

    /// <summary>The same, reached another way.</summary>
    public static string StoreOf(Uri endpoint, string bucket, TestPolicy policy, string more)
    {
        var folder = Path.GetDirectoryName(policy.StateDirectory)!;
        return BucketText.With(
            endpoint, bucket, $"file: {folder}/access.key", $"file: {folder}/secret.key", more);
    }

    /// <summary>A cluster whose policy was changed to know the bucket.</summary>
    public static async Task<ProtectedCluster> StartAsync(
        Func<TestPolicy, TestPolicy> change, bool initialize = true)
    {
        var production = await ProtectedCluster.InitializeAsync();
        production.Cluster.Configure("summarize_wal", "on");
        BucketText.WriteKeys(production.Folder);
        change(production.Policy).WriteTo(production.Folder);

        if (initialize)
            await production.BeginAsync();
        else
            await production.Cluster.StartAsync(new Dictionary<string, string>());

        return production;
    }

    /// <summary>What an empty machine has: the bucket, its key, the recovery key.</summary>
    public static string[] Bare(S3Server server, string bucket, ProtectedCluster production) =>
    [
        "--from", $"s3://{bucket}/tomo", "--endpoint", server.Endpoint.ToString(), "--access-key",
        production.Folder["access.key"], "--secret-key", production.Folder["secret.key"], "--identity",
        production.Folder["recovery.key"],
    ];
}
