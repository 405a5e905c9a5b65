using Npgsql;
using TomoBackup.Postgres.Server;
using Xunit;

namespace TomoBackup.Testing.Postgres;

/// <summary>
/// A real PostgreSQL cluster of one test: small, without fsync, on a socket in the test's own folder, C locale, UTF8,
/// everyone trusted. Configuration stands in its postgresql.conf, as an administrator would write it, so that a backup
/// takes it along.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    /// <summary>sun_path of unix(7) holds 108 bytes with its zero.</summary>
    const int SocketPathLimit = 107;

    const int SocketPort = 5432;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly ServerProcess _process;
    readonly TestFolder _folder;
    readonly NpgsqlDataSource _source;

    TestCluster(PostgresInstallation installation, string dataDirectory)
    {
        _folder = new TestFolder();
        _process = new ServerProcess(installation, dataDirectory, ProcessRunner.Instance, TimeProvider.System);

        if ($"{SocketDirectory}/.s.PGSQL.{SocketPort}".Length > SocketPathLimit)
            Assert.Fail($"'{SocketDirectory}' is too long for a socket: set TMPDIR to a shorter folder");

        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = SocketDirectory,
            Port = SocketPort,
            Username = Environment.UserName,
            Database = "postgres",
            Pooling = false,
        });
    }

    public PostgresInstallation Installation => _process.Installation;

    public string DataDirectory => _process.DataDirectory;

    /// <summary>What the server printed, over all its starts.</summary>
    public string LogFile => _folder["server.log"];

    /// <summary>Stands outside the data directory, and so in no backup.</summary>
    public string SocketDirectory => _folder.FullPath;

    /// <summary>In libpq's spelling, as a policy names it.</summary>
    public string Connection
        => $"host={SocketDirectory} port={SocketPort} user={Environment.UserName} dbname=postgres";

    public bool IsRunning => ServerProcess.IsRunning(DataDirectory);

    /// <summary>What the server said of its last start.</summary>
    public RecoveryLog Recovery => RecoveryLog.Parse(File.ReadLines(LogFile));

    /// <summary>Makes a cluster and does not start it.</summary>
    public static async Task<TestCluster> InitializeAsync(string dataDirectory, TestClusterOptions options)
    {
        var cluster = await AttachAsync(dataDirectory, options.Major);
        string[] checksums = options switch
        {
            { Checksums: true } => ["--data-checksums"],
            { Major: >= 18 } => ["--no-data-checksums"],
            _ => [],
        };

        await cluster._process.InitializeAsync(
            [
                "--no-sync", "--auth=trust", "--locale=C", "--encoding=UTF8",
                $"--wal-segsize={options.SegmentMegabytes}", .. checksums, .. options.InitdbArguments,
            ],
            CancellationToken.None);

        cluster.Configure(TestSettings.For(options));
        cluster.Configure("unix_socket_directories", cluster.SocketDirectory);
        return cluster;
    }

    /// <summary>Takes a data directory that stands already, such as a restored one, and does not start it.</summary>
    public static async Task<TestCluster> AttachAsync(string dataDirectory, int major)
    {
        RefuseRoot();
        return new TestCluster(await PostgresBinaries.FindAsync(major), dataDirectory);
    }

    /// <summary>Adds lines to postgresql.conf; the last one counts. Running servers need a reload or restart.</summary>
    public void Configure(IEnumerable<KeyValuePair<string, string>> settings)
        => File.AppendAllLines(
            Path.Combine(DataDirectory, "postgresql.conf"),
            settings.Select(static setting
                => $"{setting.Key} = '{setting.Value.Replace("'", "''", StringComparison.Ordinal)}'"));

    public void Configure(string name, string value) => Configure([KeyValuePair.Create(name, value)]);

    /// <summary>Archives through a command (%p, %f), from the next start on.</summary>
    public void ArchiveWith(string command)
    {
        Configure("archive_mode", "on");
        Configure("archive_command", command);
    }

    /// <summary>Starts and waits until connections are taken.</summary>
    public Task StartAsync() => StartAsync(new Dictionary<string, string>());

    /// <summary>Starts with settings that override the configuration files, and the harness's own socket.</summary>
    public async Task StartAsync(IReadOnlyDictionary<string, string> overrides)
    {
        _process.Start(
            new Dictionary<string, string>(overrides)
            {
                ["unix_socket_directories"] = SocketDirectory,
                ["listen_addresses"] = "",
                ["port"] = $"{SocketPort}",
            },
            LogFile);

        await _process.WaitUntilAcceptingAsync(Patience, CancellationToken.None);
    }

    public Task StopAsync(ShutdownMode mode = ShutdownMode.Fast)
        => _process.StopAsync(mode, Patience, CancellationToken.None);

    /// <summary>Kills the postmaster as a power cut would, and waits until no process of the cluster is left.</summary>
    public Task KillAsync() => ClusterProcesses.KillAsync(DataDirectory, Patience);

    /// <summary>Waits until recovery is over and the cluster takes writes.</summary>
    public async Task WaitUntilPromotedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);

        while (await ScalarAsync<bool>("SELECT pg_is_in_recovery()"))
            await Task.Delay(20, patience.Token);
    }

    public NpgsqlConnection CreateConnection() => _source.CreateConnection();

    public Task ExecuteAsync(string sql) => SqlSession.ExecuteAsync(_source, sql);

    /// <summary>The one value of a query.</summary>
    public Task<T> ScalarAsync<T>(string sql) => SqlSession.ScalarAsync<T>(_source, sql);

    /// <summary>All rows of a query; null for SQL's null.</summary>
    public Task<IReadOnlyList<object?[]>> QueryAsync(string sql) => SqlSession.QueryAsync(_source, sql);

    /// <summary>Makes a tablespace in a folder of the test, and returns the folder.</summary>
    public async Task<string> AddTablespaceAsync(string name, string folder)
    {
        Directory.CreateDirectory(folder);
        await ExecuteAsync($"CREATE TABLESPACE {name} LOCATION '{folder}'");
        return folder;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();

        if (IsRunning)
            await StopAsync(ShutdownMode.Immediate);

        _process.Dispose();
        _folder.Dispose();
    }

    static void RefuseRoot()
    {
        if (Environment.IsPrivilegedProcess)
            Assert.Fail("PostgreSQL does not run as root: run the tests as another user, for example through "
                + "setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/var/tmp TMPDIR=/var/tmp");
    }
}
