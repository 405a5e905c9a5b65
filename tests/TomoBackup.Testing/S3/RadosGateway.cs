using TomoBackup.Postgres.Server;

namespace TomoBackup.Testing.S3;

/// <summary>Ceph's gateway over SQLite, without a cluster. It checks signatures and Content-MD5, passes over
/// conditions, and joins parts wrongly under a right ETag: a witness for reading back.</summary>
public sealed class RadosGateway : S3Server
{
    const string AccessKey = "GATEWAYKEY";
    const string Secret = "gateway-secret-of-no-worth";

    readonly S3ServerProcess _process;
    readonly TestFolder _folder;

    RadosGateway(S3ServerProcess process, TestFolder folder, int port)
        : base(new Uri($"http://127.0.0.1:{port}"), AccessKey, Secret)
        => (_process, _folder) = (process, folder);

    public static async Task<RadosGateway> StartAsync()
    {
        var root = SetUpNotes.Read("TOMO_BACKUP_RADOSGW")
            ?? throw new InvalidOperationException("radosgw is not here: run build/setup");
        var libraries = Directory.GetDirectories($"{root}/usr/lib", "*-linux-gnu").Single();
        var folder = new TestFolder();
        var port = S3ServerProcess.FreePort();
        var settings = folder.Write("ceph.conf", Settings(folder, $"{libraries}/ceph", port));

        // Set by env: the shell that starts a server must not load these libraries.
        ProcessRequest Program(string name, params string[] arguments)
            => new(
                "env",
                [
                    $"LD_LIBRARY_PATH={libraries}/ceph:{libraries}", $"{root}/usr/bin/{name}",
                    "-c", settings, "--no-mon-config", .. arguments,
                ])
            {
                WorkingDirectory = folder.FullPath,
            };

        try
        {
            var user = await ProcessRunner.Instance.RunAsync(
                Program(
                    "radosgw-admin", "user", "create", "--uid=tests", "--display-name=tests",
                    $"--access-key={AccessKey}", $"--secret-key={Secret}"),
                CancellationToken.None);

            if (user.ExitCode != 0)
                throw new InvalidOperationException($"radosgw-admin made no user: {user.LastWords}");

            var process = await S3ServerProcess.StartAsync(
                Program("radosgw", "-n", "client.rgw", "-f"), folder["output"], port);
            return new RadosGateway(process, folder, port);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _process.Dispose();
        _folder.Dispose();
    }

    static string Settings(TestFolder folder, string plugins, int port)
        => $"""
            [global]
            rgw_backend_store = dbstore
            rgw_config_store = dbstore
            dbstore_db_dir = {folder.Make("db")}
            dbstore_config_uri = file:{folder["db/config.db"]}
            rgw_data = {folder["db"]}
            run_dir = {folder["db"]}
            log_file = {folder["log"]}
            plugin_dir = {plugins}
            rgw_frontends = beast endpoint=127.0.0.1:{port}

            """;
}
