using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Storage;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Operations;

public sealed class ServersOfHostTests : IDisposable
{
    readonly TestFolder _folder = new();
    readonly List<UnseenFact> _unseen = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_running_server_that_the_policy_does_not_name_is_found()
    {
        Lock("tmp", 5432, "/data/main", 100, "postgres");
        Lock("run/postgresql", 5433, "/data/other", 101, "postgres");

        Assert.Equal([new RunningServer("/data/other", 5433)], Strangers("/data/main"));
        Assert.Empty(_unseen);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("cron")]
    public void A_lock_file_that_a_crash_left_is_no_server(string? process)
    {
        Lock("tmp", 5433, "/data/other", 101, process);

        Assert.Empty(Strangers("/data/main"));
    }

    [Fact]
    public void A_data_directory_may_be_named_in_two_ways()
    {
        _folder.Make("data");
        Directory.CreateSymbolicLink(_folder["link"], _folder["data"]);
        Lock("tmp", 5432, _folder["data"], 100, "postgres");

        Assert.Empty(Strangers(_folder["link"]));
    }

    [Fact]
    public void Where_nobody_says_where_the_data_is_the_port_decides()
    {
        Lock("tmp", 5432, "/data/main", 100, "postgres");
        Lock("tmp", 5433, "/data/other", 101, "postgres");

        Assert.Equal([5433], Strangers(null).Select(server => server.Port));
    }

    [Fact]
    public void A_server_with_two_sockets_is_one()
    {
        Lock("tmp", 5433, "/data/other", 101, "postgres");
        Lock("run/postgresql", 5433, "/data/other", 101, "postgres");

        Assert.Single(Strangers("/data/main"));
    }

    void Lock(string folder, int port, string data, int pid, string? process)
    {
        _folder.Make(folder);
        _folder.Write($"{folder}/.s.PGSQL.{port}.lock", $"{pid}\n{data}\n1770000000\n{port}\n/{folder}\n");

        if (process is null)
            return;

        _folder.Make($"proc/{pid}");
        _folder.Write($"proc/{pid}/comm", $"{process}\n");
    }

    IReadOnlyList<RunningServer> Strangers(string? data)
        => new ServersOfHost(PhysicalFileSystem.Instance, _unseen, _folder.FullPath).Strangers(
            new BackupPolicy
            {
                Clusters = [new ClusterPolicy { Name = "main", Connection = ConnectionSettings.None }],
                Repositories = [],
            },
            new Dictionary<string, string?> { ["main"] = data });
}
