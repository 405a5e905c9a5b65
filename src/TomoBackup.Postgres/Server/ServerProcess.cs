namespace TomoBackup.Postgres.Server;

/// <summary>
/// A PostgreSQL server on a data directory of this machine, run as the current user (PostgreSQL refuses root). The
/// server is a process of its own: it lives on when this object or this program ends.
/// </summary>
public sealed class ServerProcess(
    PostgresInstallation installation, string dataDirectory, IProcessRunner runner, TimeProvider time) : IDisposable
{
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    IStartedProcess? _started;
    string? _logFile;

    /// <summary>The programs it runs with.</summary>
    public PostgresInstallation Installation { get; } = installation;

    /// <summary>Absolute.</summary>
    public string DataDirectory { get; } = Path.GetFullPath(dataDirectory);

    /// <summary>Makes a new cluster with initdb; failures carry its last words.</summary>
    public async Task InitializeAsync(IEnumerable<string> initdbArguments, CancellationToken cancellationToken)
    {
        var result = await runner.RunAsync(
            new ProcessRequest(
                Installation.BinaryFor("initdb"), ["--pgdata", DataDirectory, "--no-instructions", .. initdbArguments]),
            cancellationToken).ConfigureAwait(false);

        if (result.ExitCode != 0)
            throw new PostgresServerException(
                ServerFailure.Refused, $"unable to make a cluster in '{DataDirectory}': {result.LastWords}");
    }

    /// <summary>Starts the server and returns at once; recovery may take hours. Messages are kept in English, which
    /// <see cref="RecoveryLog"/> reads.</summary>
    /// <param name="settings">Override every configuration file.</param>
    /// <param name="logFile">Takes what the server says before and besides its own logging.</param>
    public void Start(IReadOnlyDictionary<string, string> settings, string logFile)
    {
        if (IsRunning(DataDirectory))
            throw new PostgresServerException(
                ServerFailure.Refused, $"a server runs on '{DataDirectory}' already");

        List<string> arguments = ["-D", DataDirectory, "-c", "lc_messages=C"];

        foreach (var (name, value) in settings)
            arguments.AddRange(["-c", $"{name}={value}"]);

        _started?.Dispose();
        _logFile = logFile;
        _started = runner.StartDetached(new ProcessRequest(Installation.BinaryFor("postgres"), arguments), logFile);
    }

    /// <summary>
    /// Waits until the server that was started here takes connections, which in a recovery with hot standby is when it
    /// is consistent, not when it has ended. A server that gives up is <see cref="ServerFailure.Refused"/> with its
    /// last words; one that is merely slow is <see cref="ServerFailure.Unreachable"/> and goes on.
    /// </summary>
    public async Task WaitUntilAcceptingAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = Started;
        var begun = time.GetTimestamp();

        while (!IsAccepting(started.Id))
        {
            if (started.ExitCode is { } code)
                throw new PostgresServerException(
                    ServerFailure.Refused, $"server on '{DataDirectory}' ended with {code}: {LastWords()}");

            if (time.GetElapsedTime(begun) > patience)
                throw new PostgresServerException(
                    ServerFailure.Unreachable,
                    $"server on '{DataDirectory}' takes no connections after {patience.TotalSeconds:0} s: "
                        + LastWords());

            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Null while the server that was started here runs.</summary>
    public int? ExitCode => Started.ExitCode;

    /// <summary>Stops whatever server runs on the data directory and returns when it is gone; none is stopped
    /// already. <see cref="ServerFailure.Unreachable"/> where it does not end in time.</summary>
    public async Task StopAsync(ShutdownMode mode, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (LivePid(DataDirectory) is not { } pid)
            return;

        var begun = time.GetTimestamp();

        for (NativeProcess.Signal(pid, (int)mode);
            NativeProcess.NameOf(pid) is not null;
            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false))
            if (time.GetElapsedTime(begun) > patience)
                throw new PostgresServerException(
                    ServerFailure.Unreachable,
                    $"server {pid} on '{DataDirectory}' was told to stop and still runs after "
                        + $"{patience.TotalSeconds:0} s");
    }

    /// <summary>
    /// True where the process that <c>postmaster.pid</c> names lives and is a PostgreSQL server on this directory. A
    /// server of another user, into which we cannot look, counts as one. A server in a container has another process
    /// id than its file says and is not seen.
    /// </summary>
    public static bool IsRunning(string dataDirectory) => LivePid(dataDirectory) is not null;

    /// <summary>Lets go of the server; it runs on.</summary>
    public void Dispose() => _started?.Dispose();

    IStartedProcess Started
        => _started ?? throw new InvalidOperationException("the server was not started here");

    bool IsAccepting(int pid)
        => PostmasterPid.Read(DataDirectory) is { Status: PostmasterStatus.Ready or PostmasterStatus.Standby } file
            && file.Pid == pid;

    string LastWords()
        => File.Exists(_logFile) ? RecoveryLog.Parse(File.ReadLines(_logFile)).LastWords : "it said nothing";

    static int? LivePid(string dataDirectory)
        => PostmasterPid.Read(dataDirectory) is { Pid: var pid }
            && NativeProcess.NameOf(pid) is "postgres" or "postmaster"
            && (NativeProcess.WorkingDirectoryOf(pid) is not { } standsIn
                || standsIn == NativeProcess.RealPath(dataDirectory))
                ? pid
                : null;
}

/// <summary>How a server is told to stop; the values are the signals (pg_ctl.c).</summary>
public enum ShutdownMode
{
    /// <summary>Waits for all sessions to leave (SIGTERM).</summary>
    Smart = 15,

    /// <summary>Ends the sessions and writes a checkpoint (SIGINT).</summary>
    Fast = 2,

    /// <summary>Ends without a checkpoint; the next start recovers (SIGQUIT).</summary>
    Immediate = 3,
}
