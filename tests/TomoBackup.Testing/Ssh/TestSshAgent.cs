using System.Diagnostics;
using TomoBackup.Postgres.Server;
using Xunit;

namespace TomoBackup.Testing.Ssh;

/// <summary>A real ssh-agent of one test.</summary>
public sealed class TestSshAgent : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly TestFolder _folder = new();
    readonly Process _process;
    readonly TestSshServer _server;

    TestSshAgent(TestSshServer server)
    {
        _server = server;
        _process = Process.Start(new ProcessStartInfo(server.Beside("ssh-agent"), ["-D", "-a", Socket])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("ssh-agent did not start");
    }

    public string Socket => _folder["agent"];

    public static async Task<TestSshAgent> StartAsync(TestSshServer server)
    {
        var agent = new TestSshAgent(server);
        using var patience = new CancellationTokenSource(Patience);

        while (!File.Exists(agent.Socket))
            await Task.Delay(10, patience.Token);

        return agent;
    }

    public async Task AddAsync(string key)
    {
        var added = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(_server.Beside("ssh-add"), "-q", key)
            {
                Environment = new Dictionary<string, string?> { ["SSH_AUTH_SOCK"] = Socket },
            },
            CancellationToken.None);

        Assert.True(added.ExitCode == 0, added.LastWords);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }
}
