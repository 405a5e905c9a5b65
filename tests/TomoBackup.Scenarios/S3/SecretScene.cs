using System.Text.RegularExpressions;
using TomoBackup.Postgres.Server;
using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Canaries;
using TomoBackup.Testing.Postgres;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.S3;

/// <summary>A secret, and the files of the test's folder that may hold it.</summary>
/// <param name="Homes">Below the folder; all of them do hold it.</param>
sealed record LaidOut(Canary Canary, params IReadOnlyList<string> Homes);

/// <summary>A cluster with a bucket and another one that follows it. It is reached by a password and archives
/// talkatively; the test knows all of its secrets, and keeps all that the executable says.</summary>
sealed partial class SecretScene : IAsyncDisposable
{
    public const string PreparedSession = "prepared/pg_wal/tomo-backup/session.json";

    const string Role = "guarded";
    const string BucketSecret = "canary-of-the-bucket-5c1e70";
    const string Password = "canary-of-the-role-9b24d8";
    const string WrongBucketSecret = "canary-of-a-wrong-key-e83a16";
    const string WrongPassword = "canary-of-a-wrong-password-07fd5b";

    readonly List<(string Call, string Text)> _said = [];

    SecretScene(ProtectedCluster production, TestCluster copy, MotoServer moto, IReadOnlyList<string> buckets)
        => (Production, Copy, Moto, Buckets) = (production, copy, moto, buckets);

    public ProtectedCluster Production { get; }

    /// <summary>Where production is restored.</summary>
    public TestCluster Copy { get; }

    public MotoServer Moto { get; }

    public IReadOnlyList<string> Buckets { get; }

    /// <summary>What was called, and all that it answered on both streams.</summary>
    public IReadOnlyList<(string Call, string Text)> Said => _said;

    public static async Task<SecretScene> StartAsync(S3Servers servers)
    {
        var moto = await servers.MotoAsync();
        var production = await ProtectedCluster.InitializeAsync();
        var scene = new SecretScene(
            production, await production.PlaceAsync("copy"), moto,
            [await moto.NewBucketAsync(), await moto.NewBucketAsync()]);

        try
        {
            scene.LayOut();
            await scene.BeginAsync();
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>All secrets. The keys of epochs and of signatures are the ones of the moment.</summary>
    public IReadOnlyList<LaidOut> Secrets()
    {
        var folder = Production.Folder;
        var epochs = Directory
            .GetFiles(Production.Policy.StateDirectory, "*.key", SearchOption.AllDirectories)
            .Where(static path => new FileInfo(path).Length == 32)
            .Select(path => new LaidOut(
                new Canary("key of an epoch", File.ReadAllBytes(path)),
                Path.GetRelativePath(folder.FullPath, path), PreparedSession));

        return
        [
            new(new Canary("secret of the bucket", BucketSecret), "secret.key", PreparedSession),
            new(new Canary("password", Password), "passfile"),
            new(new Canary("wrong secret", WrongBucketSecret), "wrong.key"),
            new(new Canary("wrong password", WrongPassword), "wrong-passfile"),
            new(AgeKey("recovery key", "recovery.key"), "recovery.key"),
            new(AgeKey("escrow key", "escrow-sheet-main.txt"), "escrow-sheet-main.txt"),
            new(
                new Canary("signing key", File.ReadAllLines(folder["state/signing.key"])[1]), "state/signing.key"),
            .. epochs,
        ];
    }

    /// <summary>Runs, keeps what is said, and expects an exit code.</summary>
    public async Task<ProcessResult> SayAsync(int exitCode, params IReadOnlyList<string> arguments)
    {
        var result = await Production.Tool.RunAsync(arguments);
        var call = string.Join(' ', arguments);
        _said.Add((call, $"{result.Output}\n{result.Errors}"));
        Assert.True(result.ExitCode == exitCode, $"{call}: {result.ExitCode}\n{result.Output}\n{result.Errors}");
        return result;
    }

    /// <summary>The same where it is of no interest how it ends.</summary>
    public async Task SayAnyhowAsync(params IReadOnlyList<string> arguments)
    {
        var result = await Production.Tool.RunAsync(arguments);
        _said.Add((string.Join(' ', arguments), $"{result.Output}\n{result.Errors}"));
    }

    /// <summary>A policy in which the first repository is another; returns its path.</summary>
    public string PolicyWith(string name, string store)
        => Production.Folder.Write(name, (Policy() with { Store = store, MoreRepositories = [] }).ToString());

    /// <summary>A policy with another connection; returns its path.</summary>
    public string PolicyThrough(string name, string connection)
        => Production.Folder.Write(name, (Policy() with { Connection = connection }).ToString());

    /// <summary>A role that has a password, with a file that holds another one.</summary>
    public string ConnectionWithWrongPassword() => ConnectionBy("wrong-passfile");

    /// <summary>Text of a repository whose key is a wrong one.</summary>
    public string WithWrongKey(S3Server server, string bucket)
        => BucketText.With(
            server.Endpoint, bucket, $"file: {Production.Folder["gateway.id"]}",
            $"file: {Production.Folder["wrong.key"]}", "may_delete: true");

    /// <summary>Stops the servers, so that their files can be read.</summary>
    public async Task StopAsync()
    {
        await Copy.StopAsync();
        await Production.Cluster.StopAsync();
    }

    public ValueTask DisposeAsync() => Production.DisposeAsync();

    void LayOut()
    {
        var (folder, cluster) = (Production.Folder, Production.Cluster);
        BucketText.WriteKeys(folder, BucketSecret);
        folder.WritePrivate("wrong.key", $"{WrongBucketSecret}\n");
        folder.WritePrivate("passfile", $"*:*:*:{Role}:{Password}\n");
        folder.WritePrivate("wrong-passfile", $"*:*:*:{Role}:{WrongPassword}\n");
        Policy().WriteTo(folder);

        var access = $"{cluster.DataDirectory}/pg_hba.conf";
        File.WriteAllText(access, $"local all {Role} scram-sha-256\n{File.ReadAllText(access)}");
        cluster.Configure("summarize_wal", "on");
        cluster.Configure("log_statement", "all");
        cluster.Configure("log_min_messages", "debug1");
        cluster.Configure(
            "archive_command",
            Production.ArchiveCommand.Replace(" wal push", " --verbose wal push", StringComparison.Ordinal));
    }

    async Task BeginAsync()
    {
        await Production.Cluster.StartAsync();
        await Production.Cluster.ExecuteAsync(
            $"SET log_statement = 'none'; CREATE ROLE {Role} SUPERUSER LOGIN PASSWORD '{Password}'");
        await SayAsync(0, "init", "--verbose");
        await Production.Ledger.CreateTableAsync();
        await Production.WriteArchivedAsync(1);
    }

    // The second one's secret comes from a program: what that is given, others could see.
    TestPolicy Policy() => Production.Policy with
    {
        Connection = ConnectionBy("passfile"),
        Store = BucketText.Of(Moto.Endpoint, Buckets[0], Production.Folder),
        MoreRepositories =
        [
            "offsite: " + BucketText.With(
                Moto.Endpoint, Buckets[1], $"file: {Production.Folder["access.key"]}",
                $"command: \"cat {Production.Folder["secret.key"]}\"", "follows: local"),
        ],
    };

    string ConnectionBy(string passfile)
        => $"host={Production.Cluster.SocketDirectory} port=5432 user={Role} dbname=postgres "
            + $"passfile={Production.Folder[passfile]}";

    Canary AgeKey(string name, string file)
        => new(name, Secret().Match(File.ReadAllText(Production.Folder[file])).Value);

    [GeneratedRegex("AGE-SECRET-KEY-1[A-Z0-9]+")]
    private static partial Regex Secret();
}
