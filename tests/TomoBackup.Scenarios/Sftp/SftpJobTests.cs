using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Ssh;

namespace TomoBackup.Scenarios.Sftp;

/// <summary>The main job with a directory of an SSH server: alone, as a follower, and from there alone.</summary>
public sealed class SftpJobTests : IAsyncLifetime
{
    TestSshServer _server = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestSshServer.StartNotingRequestsAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_cluster_that_has_an_SSH_server_only_is_backed_up_archived_and_brought_back_to_a_moment()
    {
        await using var production = await WholeJob.PrepareAsync(Store());

        await WholeJob.RunAsync(production);

        await EveryObjectWasSyncedAsync();
    }

    [Fact]
    public async Task From_an_SSH_server_that_followed_a_cluster_comes_back_when_all_else_is_gone()
    {
        await using var production = await ProtectedCluster.InitializeAsync();
        (production.Policy with { MoreRepositories = [$"offsite: {Store("follows: local")}"] })
            .WriteTo(production.Folder);
        await production.BeginAsync();
        await production.BackupAsync();
        await production.WriteSegmentsAsync(2);
        var moment = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(1);
        var followed = await production.Tool.ExpectAsync(0, "follow");
        Assert.Contains("1 backup from 'local'", followed.Output, StringComparison.Ordinal);
        await production.Tool.ExpectAsync(0, "verify", "--deep", "--repository", "offsite");

        // What is left: the server, a key for it in an agent, the recovery key, this program.
        await production.Cluster.KillAsync();
        Directory.Delete(production.Cluster.DataDirectory, recursive: true);
        Directory.Delete(production.Policy.Repository, recursive: true);
        Directory.Delete(production.Policy.StateDirectory, recursive: true);
        production.Tool.PolicyFile = null;
        using var agent = await TestSshAgent.StartAsync(_server);
        await agent.AddAsync(_server.IdentityFile);
        production.Tool.Environment["SSH_AUTH_SOCK"] = agent.Socket;
        production.Folder.Make(".ssh");
        File.Copy(_server.KnownHostsFile, production.Folder[".ssh/known_hosts"]);
        string[] bare = ["--from", $"{_server.AddressOf("store")}", "--identity", production.Folder["recovery.key"]];
        string[] named =
            [.. bare, "--ssh-key", _server.IdentityFile, "--known-hosts", _server.KnownHostsFile];

        await production.Tool.ExpectAsync(0, ["list", .. bare]);
        production.Tool.Environment.Remove("SSH_AUTH_SOCK");
        Assert.Contains(
            "neither a private key is named ('ssh_key', --ssh-key), nor is there an agent",
            (await production.Tool.RunAsync(["list", .. bare])).Errors,
            StringComparison.Ordinal);
        var windows = await production.Tool.ExpectAsync(0, ["windows", .. named]);
        Assert.Contains("no gap", windows.Output, StringComparison.Ordinal);
        await WholeJob.ComesBackAsync(production, moment, [.. named, "--to-time", Words.Of(moment.Time)]);
    }

    /// <summary>Before it got its name, and its directory behind that: rule 2 of the archive, as the server saw it.
    /// </summary>
    async Task EveryObjectWasSyncedAsync()
    {
        var requests = await File.ReadAllLinesAsync(_server.RequestFile, Cancelled);
        var renames = requests.Index().Where(request => request.Item.StartsWith("rename ", StringComparison.Ordinal));
        var seen = 0;

        foreach (var (at, request) in renames)
        {
            var (from, to) = request.Split('"') is [_, var old, _, var name, ..] ? (old, name) : ("", "");
            Assert.Contains($"fsync \"{from}\"", requests[..at]);
            Assert.Contains($"fsync \"{Path.GetDirectoryName(to)}\"", requests[at..]);
            seen++;
        }

        Assert.True(seen > 10, $"{seen} objects were stored");
    }

    string Store(string more = "may_delete: true")
        => $"{{ store: \"{_server.AddressOf("store")}\", ssh_key: {_server.IdentityFile}, "
            + $"known_hosts: {_server.KnownHostsFile}, {more} }}";
}
