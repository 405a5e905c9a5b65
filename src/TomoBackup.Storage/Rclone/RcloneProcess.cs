using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace TomoBackup.Storage.Rclone;

/// <summary>
/// <c>rclone rcd</c>, kept for the life of a store: on a unix socket in a folder that our user alone can enter, so that
/// no secret is needed to keep others out. A shell stands between us and it, and waits for the end of its input, which
/// comes when we close it and also when we are killed; then it ends rclone and removes the folder. It leads a session
/// of its own, for Ctrl-C is told to us alone.
/// </summary>
sealed class RcloneProcess : IAsyncDisposable
{
    const string Script = """
        folder=$1; shift
        "$@" </dev/null &
        rclone=$!
        exec >&- 2>&-
        read -r end
        kill "$rclone"
        wait "$rclone"
        rm -rf "$folder"
        """;

    const int SocketPathBytes = 107; // sun_path of unix(7), without its zero

    static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan GonePatience = TimeSpan.FromSeconds(1);
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    readonly Process _shell;
    readonly Task _reading;
    readonly IFileSystem _files;
    readonly TimeProvider _time;
    bool _isDisposed;

    RcloneProcess(Process shell, string folder, IFileSystem files, TimeProvider time)
    {
        (_shell, Folder, _files, _time) = (shell, folder, files, time);
        _reading = Task.Run(() => Log.ReadAsync(shell.StandardError));
    }

    /// <summary>Private; also for what waits to be uploaded.</summary>
    public string Folder { get; }

    public string Socket => SocketIn(Folder);

    public RcloneLog Log { get; } = new();

    /// <summary>Waits a moment for the end of an rclone that is about to end; false where it goes on.</summary>
    public async Task<bool> EndsAsync()
    {
        try
        {
            await _reading.WaitAsync(GonePatience, _time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Starts it and waits until its socket takes connections. <see cref="IOException"/> says in a sentence
    /// why it does not run.</summary>
    public static async Task<RcloneProcess> StartAsync(
        IFileSystem files, RcloneStoreOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var program = RcloneProgram.Find(options.Program)
            ?? throw new FileNotFoundException(
                $"there is no program '{options.Program}': install rclone {RcloneProgram.Oldest} or a later one");
        var folder = MakeFolder(files, options.WorkDirectory);
        var rclone = new RcloneProcess(Start(program, folder, options), folder, files, time);

        try
        {
            await rclone.WaitAsync(program, options, cancellationToken).ConfigureAwait(false);
            return rclone;
        }
        catch
        {
            await rclone.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;

        _isDisposed = true;
        _shell.StandardInput.Close();

        try
        {
            await _shell.WaitForExitAsync(CancellationToken.None).WaitAsync(EndPatience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _shell.Kill(entireProcessTree: true);
            await _shell.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _shell.Dispose();
        _files.DeleteTree(Folder);
    }

    async Task WaitAsync(string program, RcloneStoreOptions options, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();

        while (!_reading.IsCompleted && _time.GetElapsedTime(start) < options.StartTimeout)
        {
            if (await AnswersAsync(cancellationToken).ConfigureAwait(false))
                return;

            await Task.Delay(PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }

        var version = await RcloneProgram.VersionOfAsync(
            program, options.StartTimeout, _time, cancellationToken).ConfigureAwait(false);

        throw new IOException(
            version is not null && RcloneProgram.Objection(program, version) is { } objection ? objection
            : _reading.IsCompleted ? $"'{program}' does not run: {Log.LastWords ?? "it says nothing"}"
            : $"'{program}' does not answer after {options.StartTimeout.TotalSeconds:0} seconds");
    }

    async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    static Process Start(string program, string folder, RcloneStoreOptions options)
    {
        var start = new ProcessStartInfo(
            "setsid", ["sh", "-c", Script, "sh", folder, program, .. Arguments(folder, options)])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // A second address, from the user's own set-up, would be open to all.
        foreach (var name in start.Environment.Keys.Where(IsOfRemoteControl).ToList())
            start.Environment.Remove(name);

        try
        {
            return Process.Start(start) ?? throw new IOException("unable to start 'setsid'");
        }
        catch (Win32Exception cause)
        {
            throw new IOException($"unable to start 'setsid': {cause.Message}", cause);
        }
    }

    // Flags win over the user's variables: none of these may be changed behind our back.
    static string[] Arguments(string folder, RcloneStoreOptions options)
    {
        var seconds = string.Create(
            CultureInfo.InvariantCulture, $"{Math.Max(1, (int)options.NoProgressTimeout.TotalSeconds)}s");

        string[] fixedOnes =
        [
            "rcd", "--rc-addr", $"unix://{SocketIn(folder)}", "--rc-no-auth", "--rc-serve",
            "--rc-server-read-timeout", "0s", "--rc-server-write-timeout", "0s",
            "--use-json-log", "--log-level", "NOTICE", "--ask-password=false",
            "--timeout", seconds, "--contimeout", seconds, "--low-level-retries", "3",
            "--use-server-modtime", "--dry-run=false", "--interactive=false", "--inplace=false",
            "--ignore-existing=false", "--ignore-size=false", "--ignore-checksum=false",
        ];

        return options.ConfigFile is { } config ? [.. fixedOnes, "--config", config] : fixedOnes;
    }

    static string MakeFolder(IFileSystem files, string? directory)
    {
        var owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var folder = Path.Join(directory ?? Path.GetTempPath(), $"rc{TemporaryName.Next()}");

        if (System.Text.Encoding.UTF8.GetByteCount(SocketIn(folder)) > SocketPathBytes)
            throw new IOException($"'{folder}' is too long for a socket: name a shorter directory to work in");

        files.CreateDirectory(folder, owner);
        return folder;
    }

    static string SocketIn(string folder) => $"{folder}/rc";

    static bool IsOfRemoteControl(string name)
        => name.StartsWith("RCLONE_RC", StringComparison.Ordinal);
}
