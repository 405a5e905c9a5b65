using TomoBackup.Postgres.Server;

namespace TomoBackup.Testing.S3;

/// <summary>moto, a stand-in for Amazon S3 in memory: it enforces conditional puts and locks, and checks neither
/// signatures nor checksums.</summary>
public sealed class MotoServer : S3Server
{
    readonly S3ServerProcess _process;
    readonly TestFolder _folder;

    MotoServer(S3ServerProcess process, TestFolder folder, int port)
        : base(new Uri($"http://127.0.0.1:{port}"), "moto-key", "moto-secret-of-no-worth")
        => (_process, _folder) = (process, folder);

    public static async Task<MotoServer> StartAsync()
    {
        var root = SetUpNotes.Read("TOMO_BACKUP_MOTO")
            ?? throw new InvalidOperationException("moto is not here: run build/setup");
        var python = $"{root}/usr/bin/python3";
        var folder = new TestFolder();
        var port = S3ServerProcess.FreePort();

        try
        {
            var process = await S3ServerProcess.StartAsync(
                new ProcessRequest(
                    python, "-I", "-B", $"{root}/usr/bin/moto_server", "-H", "127.0.0.1", "-p", $"{port}")
                {
                    WorkingDirectory = folder.FullPath,
                },
                folder["log"],
                port);
            return new MotoServer(process, folder, port);
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
}
