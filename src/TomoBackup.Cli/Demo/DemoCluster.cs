using TomoBackup.Postgres.Server;
using TomoBackup.Storage;

namespace TomoBackup.Cli.Demo;

/// <summary>
/// The throw-away cluster of a demonstration: durable (fsync on), with checksums, archiving, reachable through a socket
/// of its own only and by this user only. Disposing it ends the server without ceremony; its files stay.
/// </summary>
sealed class DemoCluster : IAsyncDisposable
{
    /// <summary>The extensions that the demonstration shows need a PostgreSQL that carries them.</summary>
    public const int Major = 18;

    /// <summary>sun_path of unix(7) holds 108 bytes with its zero.</summary>
    const int SocketPathLimit = 107;

    const int Port = 5432;

    /// <summary>Crash recovery of some hundred megabytes on a slow disk fits into it.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    readonly DemoClusterOptions _options;
    readonly ServerProcess _process;

    DemoCluster(DemoClusterOptions options, ServerProcess process)
    {
        _options = options;
        _process = process;
    }

    /// <summary>Absolute; what is backed up and destroyed.</summary>
    public string DataDirectory => _process.DataDirectory;

    /// <summary>The programs that it runs with.</summary>
    public PostgresInstallation Installation => _process.Installation;

    /// <summary>In libpq's spelling, as a policy names it.</summary>
    public string Connection
        => $"host={_options.SocketDirectory} port={Port} user={Environment.UserName} dbname=postgres";

    /// <summary>True while a server runs on the data directory.</summary>
    public bool IsRunning => ServerProcess.IsRunning(DataDirectory);

    /// <summary>Makes the cluster and does not start it. The configuration stands in its postgresql.conf, where a
    /// backup takes it along.</summary>
    /// <exception cref="TomoBackupException">The socket's path is too long.</exception>
    /// <exception cref="PostgresServerException">initdb failed; root is one reason.</exception>
    public static async Task<DemoCluster> InitializeAsync(
        PostgresInstallation installation,
        DemoClusterOptions options,
        IProcessRunner runner,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (System.Text.Encoding.UTF8.GetByteCount($"{options.SocketDirectory}/.s.PGSQL.{Port}") > SocketPathLimit)
            throw TomoBackupException.Create(
                ErrorCode.Refused,
                $"unable to make a socket in '{options.SocketDirectory}': the path is too long",
                hint: "Set TMPDIR to a folder with a shorter name.");

        var process = new ServerProcess(installation, options.DataDirectory, runner, time);
        await process.InitializeAsync(
            [
                "--data-checksums", "--locale=C", "--encoding=UTF8", "--auth-local=peer", "--auth-host=reject",
                .. Settings(options).SelectMany(static setting => new[] { "--set", $"{setting.Key}={setting.Value}" }),
            ],
            cancellationToken).ConfigureAwait(false);

        return new DemoCluster(options, process);
    }

    /// <summary>Starts and waits until connections are taken.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _process.Start(new Dictionary<string, string>(), _options.LogFile);
        return _process.WaitUntilAcceptingAsync(Patience, cancellationToken);
    }

    /// <summary>Stops in order, with everything archived that is complete.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
        => _process.StopAsync(ShutdownMode.Fast, Patience, cancellationToken);

    /// <summary>The first half of the disaster: the server is gone without a checkpoint.</summary>
    public Task CrashAsync(CancellationToken cancellationToken)
        => _process.StopAsync(ShutdownMode.Immediate, Patience, cancellationToken);

    /// <summary>The whole disaster: the server is gone, and every file of the data directory with it.</summary>
    public async Task DestroyAsync(IFileSystem files, CancellationToken cancellationToken)
    {
        await CrashAsync(cancellationToken).ConfigureAwait(false);
        files.DeleteTree(DataDirectory);
    }

    /// <summary>Opens a session as the cluster's owner.</summary>
    public Task<DemoSession> OpenAsync(CancellationToken cancellationToken)
        => DemoSession.OpenAsync(ServerAddress.Parse(Connection), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CrashAsync(CancellationToken.None).ConfigureAwait(false);
        _process.Dispose();
    }

    static Dictionary<string, string> Settings(DemoClusterOptions options) => new()
    {
        ["listen_addresses"] = "",
        ["unix_socket_directories"] = options.SocketDirectory,
        ["unix_socket_permissions"] = "0700",
        ["port"] = $"{Port}",
        ["max_connections"] = "30",
        ["shared_buffers"] = "128MB",
        ["fsync"] = "on",
        ["wal_level"] = "replica",
        ["archive_mode"] = "on",
        ["archive_command"] = options.ArchiveCommand,
        ["archive_timeout"] = "60s",
        ["max_wal_size"] = "2GB", // loading the data is not the place for checkpoints
        ["logging_collector"] = "off",
        ["log_timezone"] = "UTC",
        ["timezone"] = "UTC",
    };
}

/// <summary>Where a demonstration's cluster stands, and how it archives.</summary>
sealed record DemoClusterOptions
{
    /// <summary>A directory that is not there yet, or empty.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>An existing folder outside the data directory with a short absolute path.</summary>
    public required string SocketDirectory { get; init; }

    /// <summary>Takes what the server says.</summary>
    public required string LogFile { get; init; }

    /// <summary>PostgreSQL's <c>archive_command</c>, with %p and %f.</summary>
    public required string ArchiveCommand { get; init; }
}
