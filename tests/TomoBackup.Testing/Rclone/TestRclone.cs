using TomoBackup.Postgres.Server;
using TomoBackup.Storage;
using TomoBackup.Storage.Rclone;
using TomoBackup.Testing.Ssh;
using Xunit;

namespace TomoBackup.Testing.Rclone;

/// <summary>A real rclone with a configuration of the test's own: a local remote, crypt over it, one in memory (which
/// cannot move, like a bucket), and, where a server is given, SFTP and crypt over that.</summary>
public sealed class TestRclone : IDisposable
{
    readonly TestFolder _folder = new();

    TestRclone()
    {
    }

    /// <summary>What build/setup brought.</summary>
    public static string Program => SetUpNotes.Program("TOMO_BACKUP_RCLONE");

    /// <summary>Debian 12's, which is too old.</summary>
    public static string OldProgram => SetUpNotes.Program("TOMO_BACKUP_OLD_RCLONE");

    /// <summary>Options that lead to it; the work folder is the test's.</summary>
    public RcloneStoreOptions Options
        => new() { Program = Program, ConfigFile = ConfigFile, WorkDirectory = WorkFolder };

    public string ConfigFile => _folder["rclone.conf"];

    /// <summary>Where the store keeps what is on its way, and rclone its socket.</summary>
    public string WorkFolder => _folder["work"];

    /// <summary>Absolute path of something in the test's folder.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Makes a directory in the test's folder.</summary>
    public string MakeFolder(string name) => _folder.Make(name);

    /// <summary>A program that is rclone, for which a folder is a file system with room for so many
    /// megabytes.</summary>
    public string ScriptWithSmallDisk(string folder, int megabytes)
    {
        var path = _folder.Write("rclone-with-small-disk", $"""
            #!/bin/sh
            mount='mount -t tmpfs -o size={megabytes}m none "{this[folder]}"'
            exec unshare --map-root-user --mount sh -c "$mount"' && exec "{Program}" "$@"' sh "$@"

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public static async Task<TestRclone> CreateAsync(TestSshServer? server = null, TcpGate? gate = null)
    {
        var rclone = new TestRclone();
        rclone._folder.Make("work");
        rclone._folder.Make("data");
        var password = await rclone.ObscureAsync("hunter2");

        rclone._folder.Write("rclone.conf", $"""
            [local]
            type = local

            [crypt]
            type = crypt
            remote = {rclone["data/crypt"]}
            password = {password}

            [memory]
            type = memory

            """);

        if (server is not null)
            File.AppendAllText(rclone.ConfigFile, $"""

                [server]
                type = sftp
                host = 127.0.0.1
                port = {gate?.Port ?? server.Port}
                user = {Environment.UserName}
                key_file = {server.IdentityFile}
                known_hosts_file = {(gate is null ? server.KnownHostsFile : server.OptionsThrough(gate).KnownHostsFile)}
                shell_type = none
                disable_hashcheck = true

                [crypt-server]
                type = crypt
                remote = server:{server["data"]}
                password = {password}

                """);

        return rclone;
    }

    /// <summary>The address of a path on a remote of the configuration.</summary>
    public StoreAddress AddressOf(string remote, string path) => StoreAddress.Parse($"rclone:{remote}:{path}");

    /// <summary>The rclone processes of the stores that this test has open.</summary>
    public IReadOnlyList<int> Processes() => ProcessesBelow(WorkFolder);

    /// <summary>Those whose socket lies below a folder.</summary>
    public static IReadOnlyList<int> ProcessesBelow(string folder)
        => [.. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
            .Where(id => id > 0 && IsRclone(id, folder))];

    public void Dispose() => _folder.Dispose();

    static bool IsRclone(int id, string folder)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
            return words.Contains("rcd") && words[0].EndsWith("rclone", StringComparison.Ordinal)
                && words.Any(word => word.StartsWith($"unix://{folder}/", StringComparison.Ordinal));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    async Task<string> ObscureAsync(string password)
    {
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(Program, "obscure", password), CancellationToken.None);

        Assert.Equal(0, result.ExitCode);
        return result.Output.Trim();
    }
}
