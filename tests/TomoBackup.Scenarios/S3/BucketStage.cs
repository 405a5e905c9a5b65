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
        return $"{{ store: \"s3://{bucket}/tomo\", endpoint: \"{endpoint}\", "
            + $"access_key: {{ file: {folder}/access.key }}, secret_key: {{ file: {folder}/secret.key }}, {more} }}";
    }

    /// <summary>A cluster whose policy was changed to know the bucket.</summary>
    public static async Task<ProtectedCluster> StartAsync(
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

    /// <summary>What an empty machine has: the bucket, its key, the recovery key.</summary>
    public static string[] Bare(S3Server server, string bucket, ProtectedCluster production) =>
    [
        "--from", $"s3://{bucket}/tomo", "--endpoint", server.Endpoint.ToString(), "--access-key",
        production.Folder["access.key"], "--secret-key", production.Folder["secret.key"], "--identity",
        production.Folder["recovery.key"],
    ];

    /// <summary>Segments that go to the bucket.</summary>
    public static async Task WriteAsync(ProtectedCluster production, int segments)
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
