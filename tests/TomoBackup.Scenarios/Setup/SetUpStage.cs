using TomoBackup.Testing;
using TomoBackup.Testing.Postgres;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.Setup;

/// <summary>A fresh server, and a policy whose role does not exist on it yet.</summary>
sealed class SetUpStage : IAsyncDisposable
{
    const string Role = "tomo_backup";

    readonly TestFolder _folder;

    SetUpStage(TestFolder folder, TestCluster cluster)
    {
        _folder = folder;
        Cluster = cluster;
        Tool = new ToolRunner(folder)
        {
            PolicyFile = Policy("policy.yaml", folder.Make("repository"), folder["state"]),
        };
    }

    public TestCluster Cluster { get; }

    public ToolRunner Tool { get; }

    public string this[string name] => _folder[name];

    public static async Task<SetUpStage> SetAsync()
    {
        var folder = new TestFolder();
        var cluster = await TestCluster.InitializeAsync(
            folder["data"], new TestClusterOptions { SegmentMegabytes = 1 });
        await cluster.StartAsync();
        return new SetUpStage(folder, cluster);
    }

    /// <summary>A policy for the same cluster with a repository and state of its own.</summary>
    public string Policy(string name, string repository, string state)
        => _folder.Write(name, new TestPolicy
        {
            Connection = $"host={Cluster.SocketDirectory} port=5432 user={Role} dbname=postgres",
            DataDirectory = Cluster.DataDirectory,
            Repository = repository,
            StateDirectory = state,
            IdentityFile = $"{state}-keys/recovery.key",
        }.ToString());

    public string Make(string name) => _folder.Make(name);

    /// <summary>init, setup --apply, restart.</summary>
    public async Task SetUpAsync()
    {
        await Tool.ExpectAsync(0, "init");
        await Tool.ExpectAsync(2, "setup", "--apply", "--superuser", Environment.UserName);
        await RestartAsync();
    }

    public async Task RestartAsync()
    {
        await Cluster.StopAsync();
        await Cluster.StartAsync();
    }

    /// <summary>Another archive_command, in effect when the call returns.</summary>
    public async Task ArchiveWithAsync(string command)
    {
        var quoted = command.Replace("'", "''", StringComparison.Ordinal);
        await Cluster.ExecuteAsync($"ALTER SYSTEM SET archive_command = '{quoted}'");
        await Cluster.ExecuteAsync("SELECT pg_reload_conf()");

        while (await Cluster.ScalarAsync<string>("SHOW archive_command") != command)
            await Task.Delay(20);
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }
}
