using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;
using TomoBackup.Storage.Sftp;
using Xunit;

namespace TomoBackup.Testing.Ssh;

/// <summary>
/// A real OpenSSH server of one test class: on a loopback port, as the user who runs the tests, with a host key, a user
/// key and a file of known hosts of its own. Logins by key alone; SFTP alone.
/// </summary>
public sealed class TestSshServer : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly TestFolder _folder = new();
    readonly string _sshd = SetUpNotes.Program("TOMO_BACKUP_SSHD");
    readonly int? _megabytes;
    readonly bool _notesRequests;
    Process? _process;

    TestSshServer(int? megabytes, bool notesRequests = false)
        => (_megabytes, _notesRequests, Port) = (megabytes, notesRequests, FreePort());

    /// <summary>Where it listens, also after a restart.</summary>
    public int Port { get; }

    /// <summary>What the server wrote down.</summary>
    public string LogFile => _folder["sshd.log"];

    /// <summary>Every request for a file, in the words of OpenSSH's sftp-server, where it was told to write them down.
    /// </summary>
    public string RequestFile => _folder["requests"];

    /// <summary>The key that the server accepts; mode 0600.</summary>
    public string IdentityFile => _folder["user"];

    /// <summary>Names this server by its host key.</summary>
    public string KnownHostsFile => _folder["known_hosts"];

    /// <summary>Of the host key, as ssh-keygen prints it.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>Options that lead in.</summary>
    public SftpStoreOptions Options
        => new() { KnownHostsFile = KnownHostsFile, IdentityFile = IdentityFile };

    public static async Task<TestSshServer> StartAsync()
    {
        var server = new TestSshServer(null);
        await server.PrepareAsync();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A server that writes down what is asked of it. Unlike the others it runs sftp-server through the user's
    /// shell: within sshd it could speak to syslog only.</summary>
    public static async Task<TestSshServer> StartNotingRequestsAsync()
    {
        var server = new TestSshServer(null, notesRequests: true);
        await server.PrepareAsync();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A server whose folder <c>small</c> is a file system with room for so many megabytes, in namespaces of
    /// its own: no right of root is needed for that.</summary>
    public static async Task<TestSshServer> StartWithSmallDiskAsync(int megabytes)
    {
        var server = new TestSshServer(megabytes);
        await server.PrepareAsync();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Absolute path of something in the server's own folder.</summary>
    public string this[string name] => _folder[name];

    /// <summary>The address of a folder in the server's own folder, through a gate where one is given.</summary>
    public StoreAddress AddressOf(string name, TcpGate? gate = null)
        => StoreAddress.Parse($"sftp://{Environment.UserName}@127.0.0.1:{gate?.Port ?? Port}{this[name]}");

    /// <summary>A file of known hosts that has this server's key under another port too.</summary>
    public SftpStoreOptions OptionsThrough(TcpGate gate)
    {
        var file = $"{KnownHostsFile}.{gate.Port}";
        File.WriteAllText(file, File.ReadAllText(KnownHostsFile).Replace(
            $"]:{Port} ", $"]:{gate.Port} ", StringComparison.Ordinal));
        return Options with { KnownHostsFile = file };
    }

    /// <summary>Makes a key pair in the server's folder; returns the path of the private key.</summary>
    public async Task<string> MakeKeyAsync(string name, string type = "ed25519")
    {
        await RunAsync(Beside("ssh-keygen"), "-q", "-t", type, "-N", "", "-C", "test", "-f", _folder[name]);
        return _folder[name];
    }

    /// <summary>A program of the same OpenSSH.</summary>
    public string Beside(string program) => Path.Join(Path.GetDirectoryName(_sshd), "../bin", program);

    /// <summary>Lets a further key in.</summary>
    public void Admit(string key) => File.AppendAllText(_folder["authorized"], File.ReadAllText($"{key}.pub"));

    /// <summary>Starts it, with options for its SFTP part, such as <c>-P fsync</c>, which refuses that request.
    /// </summary>
    public async Task StartAgainAsync(string sftpOptions = "")
    {
        WriteConfig(sftpOptions);
        string[] command = [_sshd, "-D", "-f", _folder["config"], "-E", LogFile];
        _process = Process.Start(_megabytes is { } size ? OnSmallDisk(size, command) : new(command[0], command[1..]))
            ?? throw new InvalidOperationException("sshd did not start");
        using var patience = new CancellationTokenSource(Patience);

        while (!await AnswersAsync())
        {
            if (_process.HasExited)
                Assert.Fail($"sshd ended at once: {await File.ReadAllTextAsync(LogFile, patience.Token)}");

            await Task.Delay(10, patience.Token);
        }
    }

    /// <summary>Kills the server and every session, as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } running)
            return;

        _process = null;

        using (running)
        {
            running.Kill(entireProcessTree: true);
            await running.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    async Task PrepareAsync()
    {
        if (Environment.IsPrivilegedProcess)
            Assert.Fail("these tests run sshd as an ordinary user: run them as ./test does, through setpriv");

        await MakeKeyAsync("host");
        Admit(await MakeKeyAsync("user"));
        var hostKey = (await File.ReadAllTextAsync(_folder["host.pub"])).Split(' ');
        _folder.Write("known_hosts", $"[127.0.0.1]:{Port} {hostKey[0]} {hostKey[1]}\n");
        Fingerprint = (await RunAsync(Beside("ssh-keygen"), "-l", "-f", _folder["host"])).Split(' ')[1];
        _folder.Make("small");
    }

    void WriteConfig(string sftpOptions)
        => _folder.Write("config", string.Create(CultureInfo.InvariantCulture, $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {_folder["host"]}
            AuthorizedKeysFile {_folder["authorized"]}
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            MaxStartups 100
            Subsystem sftp internal-sftp
            ForceCommand {SftpCommand} {sftpOptions}

            """));

    string SftpCommand
        => _notesRequests ? $"{Beside("../lib/openssh/sftp-server")} -e -l VERBOSE 2>>{RequestFile}" : "internal-sftp";

    // The outer namespace may mount, the inner one is the user again, whom sshd would else take for root.
    ProcessStartInfo OnSmallDisk(int megabytes, string[] command)
        => new("unshare",
        [
            "--map-root-user", "--mount", "/bin/sh", "-c",
            "size=$1 folder=$2 user=$3 group=$4; shift 4; mount -t tmpfs -o size=\"${size}m\" none \"$folder\" && "
            + "exec unshare --user --map-user=\"$user\" --map-group=\"$group\" \"$@\"",
            "sh", $"{megabytes}", _folder["small"], Id("-u"), Id("-g"), .. command,
        ]);

    static string Id(string option)
        => RunAsync("id", option).GetAwaiter().GetResult().Trim();

    static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(program, arguments), CancellationToken.None);

        Assert.True(result.ExitCode == 0, $"'{program}' failed: {result.LastWords}");
        return result.Output;
    }

    async Task<bool> AnswersAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Somebody else may take it before sshd does; then sshd says so and the test fails, which is rare and honest.
    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
