using System.Text;
using Amazon.S3.Model;
using TomoBackup.Postgres.Server;
using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Canaries;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.S3;

/// <summary>Every secret is looked for in everything that the executable starts, says, writes and stores. What may hold
/// one is in the list of <see cref="SecretScene.Secrets"/>, and nothing else.</summary>
public sealed class SecretTests(S3Servers servers)
{
    /// <summary>Written into policies by mistake; those files alone may hold them.</summary>
    const string Misplaced = "canary-in-the-wrong-place-4d6620";

    /// <summary>What the watch has to have seen, or it saw nothing.</summary>
    static readonly string[] Calls =
        ["init", "check", "backup", "wal push", "follow", "list", "status", "verify", "restore", "wal get"];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_is_in_arguments_environments_answers_logs_state_or_anything_stored()
    {
        await using var watch = new ProcessWatch();
        await using var scene = await SecretScene.StartAsync(servers);
        await ProtectAsync(scene);
        await LookAsync(scene);
        await RecoverAsync(scene);
        await FailAsync(scene);
        await scene.StopAsync();
        await watch.StopAsync();

        var calls = watch.CallsOf(ToolRunner.Binary);
        Assert.All(Calls, call => Assert.Contains(calls, seen => seen.Contains(call, StringComparison.Ordinal)));

        var secrets = scene.Secrets();
        Assert.Empty(secrets.SelectMany(secret => watch.Sightings(secret.Canary)));
        Assert.Empty(
            from secret in secrets
            from said in scene.Said
            where secret.Canary.IsIn(said.Text)
            select $"{secret.Canary} in the answer to '{said.Call}'");
        Assert.Empty(await StoredAsync(scene, secrets));
        await LieInTheirHomesAloneAsync(scene, secrets);
        LieInPrivateFiles(scene, secrets);
    }

    [Fact]
    public async Task A_secret_that_stands_in_a_policy_by_mistake_is_refused_and_not_repeated()
    {
        await using var scene = await SecretScene.StartAsync(servers);
        var canary = new Canary("misplaced secret", Misplaced);
        var key = scene.Production.Folder["secret.key"];
        string[] mistakes =
        [
            scene.PolicyThrough("a.yaml", $"host=localhost password={Misplaced}"),
            scene.PolicyThrough("b.yaml", $"postgresql://somebody:{Misplaced}@localhost/postgres"),
            Replaced(scene, "c.yaml", $"{{ file: {key} }}", Misplaced),
            Replaced(scene, "d.yaml", $"file: {key}", $"file: {Misplaced}"),
            Replaced(scene, "e.yaml", "port=5432", $"port={Misplaced}"),
        ];

        foreach (var mistake in mistakes)
            foreach (var how in new[] { "--verbose", "--json" })
                await scene.SayAsync(78, "--policy", mistake, how, "list");

        Assert.DoesNotContain(scene.Said, said => canary.IsIn(said.Text));
    }

    [Fact]
    public async Task The_search_finds_a_secret_in_arguments_in_environments_and_in_other_spellings()
    {
        await using var watch = new ProcessWatch();
        var (asWord, asVariable) = (new Canary("a", $"{Misplaced}-a"), new Canary("b", $"{Misplaced}-b"));

        await ProcessRunner.Instance.RunAsync(
            new ProcessRequest("/bin/sh", "-c", "sleep 1; true", $"{Misplaced}-a")
            {
                Environment = new Dictionary<string, string?> { ["NAME"] = $"{Misplaced}-b" },
            },
            Cancelled);
        await watch.StopAsync();

        Assert.Contains("a in the arguments of '/bin/sh'", watch.Sightings(asWord));
        Assert.Contains("b in the environment of a process", watch.Sightings(asVariable));
        Assert.False(asWord.IsIn($"{Misplaced}-b"));

        foreach (var before in new[] { "", "1", "12" })
            Assert.True(asWord.IsIn(Convert.ToBase64String(Bytes($"{before}{Misplaced}-a, and more"))));

        Assert.True(asWord.IsIn(Convert.ToHexStringLower(Bytes($"{Misplaced}-a"))));

        static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
    }

    static async Task ProtectAsync(SecretScene scene)
    {
        await scene.SayAnyhowAsync("check", "--verbose");
        await scene.SayAnyhowAsync("check", "--json");
        await scene.SayAsync(0, "backup", "--full", "--verbose");
        await scene.Production.WriteArchivedAsync(2);
        await scene.SayAsync(0, "backup", "--incremental", "--json");
        await scene.SayAsync(0, "follow", "--verbose");
        await scene.Production.WriteArchivedAsync(1);
        await scene.SayAsync(0, "follow", "--json");
    }

    static async Task LookAsync(SecretScene scene)
    {
        foreach (var how in new[] { "--verbose", "--json" })
        {
            await scene.SayAsync(0, "list", how);
            await scene.SayAsync(0, "verify", "--deep", how);
            await scene.SayAsync(0, "verify", "--repository", "offsite", how);
            await scene.SayAnyhowAsync("windows", how);
            await scene.SayAnyhowAsync("status", how);
            await scene.SayAnyhowAsync("setup", how);
            await scene.SayAnyhowAsync("expire", "--plan", how);
            await scene.SayAnyhowAsync("key", "show", how);
            await scene.SayAnyhowAsync("policy", "check", "--live", how);
            await scene.SayAnyhowAsync("policy", "show", how);
            await scene.SayAnyhowAsync("policy", "render", how);
        }
    }

    static async Task RecoverAsync(SecretScene scene)
    {
        var production = scene.Production;
        var moment = await production.Ledger.MarkAsync();
        await production.WriteArchivedAsync(1);
        await scene.SayAsync(0, "follow");
        await scene.SayAsync(0, "restore", "--latest", "--into", production.Folder["prepared"], "--verbose");

        var copy = scene.Copy;
        await scene.SayAsync(
            0,
            [
                .. ProtectedCluster.StartArguments(copy), "--start", "--repository", "offsite", "--verbose",
                "--to-time", Words.Of(moment.Time),
            ]);
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
    }

    async Task FailAsync(SecretScene scene)
    {
        var gateway = await servers.GatewayAsync();
        var bucket = await gateway.NewBucketAsync();
        scene.Production.Folder.WritePrivate("gateway.id", $"{gateway.Credentials.AccessKey}\n");
        (string Policy, int ExitCode, string Verb)[] failures =
        [
            (scene.PolicyWith("no-bucket.yaml", BucketText.Of(
                scene.Moto.Endpoint, "tomo-never-made", scene.Production.Folder)), 10, "list"),
            (scene.PolicyWith("wrong-key.yaml", scene.WithWrongKey(gateway, bucket)), 73, "list"),
            (scene.PolicyThrough("wrong-password.yaml", scene.ConnectionWithWrongPassword()), 17, "backup"),
        ];

        foreach (var (policy, exitCode, verb) in failures)
        {
            await scene.SayAsync(exitCode, "--policy", policy, "--verbose", verb);
            await scene.SayAsync(exitCode, "--policy", policy, "--json", verb);
        }
    }

    static async Task<IReadOnlyList<string>> StoredAsync(SecretScene scene, IReadOnlyList<LaidOut> secrets)
    {
        var found = new List<string>();
        var seen = 0;

        foreach (var bucket in scene.Buckets)
        {
            var objects = scene.Moto.Client.Paginators
                .ListObjectsV2(new ListObjectsV2Request { BucketName = bucket }).S3Objects;

            await foreach (var entry in objects)
            {
                using var answer = await scene.Moto.Client.GetObjectAsync(bucket, entry.Key, Cancelled);
                var text = await TextAsync(answer);
                found.AddRange(secrets
                    .Where(secret => secret.Canary.IsIn(text))
                    .Select(secret => $"{secret.Canary} in '{entry.Key}'"));
                seen++;
            }
        }

        Assert.True(seen > 20, $"{seen} objects are stored");
        return found;
    }

    /// <summary>All of an object: its bytes, its key and what it is labelled with.</summary>
    static async Task<byte[]> TextAsync(GetObjectResponse answer)
    {
        using var content = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(content, Cancelled);
        var labels = answer.Metadata.Keys.Select(name => $"{name}={answer.Metadata[name]}").Append(answer.Key);
        content.Write(Encoding.UTF8.GetBytes(string.Join('\n', labels)));
        return content.ToArray();
    }

    /// <summary>Data directories, state, logs and answers of servers: all that the test's folders hold.</summary>
    static async Task LieInTheirHomesAloneAsync(SecretScene scene, IReadOnlyList<LaidOut> secrets)
    {
        var root = scene.Production.Folder.FullPath;
        var found = new SortedSet<string>(StringComparer.Ordinal);
        string[] places = [root, scene.Production.Cluster.SocketDirectory];

        foreach (var path in places.SelectMany(place => FilesBelow(place)))
        {
            var bytes = await File.ReadAllBytesAsync(path, Cancelled);
            found.UnionWith(secrets
                .Where(secret => secret.Canary.IsIn(bytes))
                .Select(secret => $"{secret.Canary} in {Path.GetRelativePath(root, path)}"));
        }

        Assert.Equal(
            secrets.SelectMany(secret => secret.Homes.Select(home => $"{secret.Canary} in {home}"))
                .Order(StringComparer.Ordinal).Distinct(),
            found);
        Assert.Contains(
            "is archived", await File.ReadAllTextAsync(scene.Production.Cluster.LogFile, Cancelled));
    }

    static void LieInPrivateFiles(SecretScene scene, IReadOnlyList<LaidOut> secrets)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.All(
            secrets.SelectMany(secret => secret.Homes),
            home => Assert.Equal(Owner, File.GetUnixFileMode(scene.Production.Folder[home])));
        Assert.Equal(
            Owner | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(scene.Production.Folder[SecretScene.PreparedSession])!));
    }

    static string Replaced(SecretScene scene, string name, string what, string with)
    {
        var text = File.ReadAllText(scene.Production.Folder["policy.yaml"]);
        Assert.Contains(what, text, StringComparison.Ordinal);
        return scene.Production.Folder.Write(name, text.Replace(what, with, StringComparison.Ordinal));
    }

    // A socket stands among them.
    static IEnumerable<string> FilesBelow(string place)
        => Directory.GetFiles(place, "*", SearchOption.AllDirectories)
            .Where(static path => !Path.GetFileName(path).StartsWith(".s.", StringComparison.Ordinal));
}
