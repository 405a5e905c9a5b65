using TomoBackup.Postgres.Server;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>A restore that is prepared and not started, and its archive.</summary>
public sealed class PreparedRestore : IAsyncLifetime
{
    internal ProtectedCluster Production { get; private set; } = null!;

    /// <summary>Planned by the restore, in order.</summary>
    internal IReadOnlyList<string> Planned { get; private set; } = [];

    /// <summary>Archived after it was planned.</summary>
    internal string Later { get; private set; } = "";

    internal string Session => Production.Folder["copy/pg_wal/tomo-backup"];

    public async ValueTask InitializeAsync()
    {
        Production = await ProtectedCluster.StartAsync();
        await Production.BackupAsync();
        Planned = await Production.WriteSegmentsAsync(3);
        await Production.Tool.ExpectAsync(0, "restore", "--latest", "--into", Production.Folder["copy"]);
        Later = (await Production.WriteSegmentsAsync(1))[0];
    }

    public ValueTask DisposeAsync() => Production.DisposeAsync();
}

/// <summary>The two commands that PostgreSQL calls, and the numbers that it reads.</summary>
public sealed class WalCommandTests(PreparedRestore prepared) : IClassFixture<PreparedRestore>
{
    ProtectedCluster Production => prepared.Production;

    [Fact]
    public async Task Get_delivers_a_planned_segment_byte_for_byte()
    {
        var to = Production.Folder["got"];

        await GetAsync(0, prepared.Planned[0], to);

        Assert.Equal(Original(prepared.Planned[0]), Read(to));
    }

    [Fact]
    public async Task Get_says_1_only_for_what_is_not_planned_or_proven_absent()
    {
        var to = Production.Folder["none"];

        await GetAsync(1, prepared.Later, to);
        await GetAsync(1, "00000002.history", to);
        await GetAsync(1, "0000000100000000000000FF", to);

        Assert.False(Path.Exists(to));
    }

    [Fact]
    public async Task Get_says_255_for_a_planned_segment_that_is_gone_or_altered()
    {
        var to = Production.Folder["gone"];
        var place = Assert.Single(Production.ArchivedObjects(prepared.Planned[2]));
        var whole = Read(place);

        // What an earlier call fetched ahead is verified already, and would be delivered.
        foreach (var spool in Directory.GetDirectories(prepared.Session, "spool-*"))
            Directory.Delete(spool, recursive: true);

        File.Delete(place);
        var gone = await GetAsync(255, prepared.Planned[2], to);
        var altered = (byte[])whole.Clone();
        altered[whole.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(place, altered, TestContext.Current.CancellationToken);
        await GetAsync(255, prepared.Planned[2], to);
        File.Delete(place);
        await File.WriteAllBytesAsync(place, whole, TestContext.Current.CancellationToken);

        Assert.Contains($"'{prepared.Planned[2]}' is missing", gone, StringComparison.Ordinal);
        Assert.False(Path.Exists(to));
        await GetAsync(0, prepared.Planned[2], to);
    }

    [Fact]
    public async Task Get_says_255_where_it_cannot_know()
    {
        var (name, to) = (prepared.Planned[1], Production.Folder["unknown"]);

        await Production.Tool.ExpectAsync(255, "wal", "get", "--recovery", Production.Folder["nowhere"], name, to);
        await Production.Tool.ExpectAsync(255, "wal", "get", "--recovery", prepared.Session, name);
        await Production.Tool.ExpectAsync(255, "wal", "get", "--no-such-option", name, to);

        Assert.False(Path.Exists(to));
    }

    [Fact]
    public async Task Get_without_a_prepared_restore_delivers_by_the_policy_and_knows_a_hole_from_the_end()
    {
        var to = Production.Folder["by-policy"];
        var hole = Assert.Single(Production.ArchivedObjects(prepared.Planned[0]));
        var aside = Production.Folder["aside"];

        await Production.Tool.ExpectAsync(0, "wal", "get", prepared.Planned[1], to);
        Assert.Equal(Original(prepared.Planned[1]), Read(to));
        File.Delete(to);

        await Production.Tool.ExpectAsync(1, "wal", "get", "0000000100000000000000FF", to);
        await Production.Tool.ExpectAsync(1, "wal", "get", "00000002.history", to);
        File.Move(hole, aside);
        var missing = await Production.Tool.ExpectAsync(255, "wal", "get", prepared.Planned[0], to);
        File.Move(aside, hole);

        Assert.Contains($"'{prepared.Planned[0]}' is missing", missing.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(to));
        await Production.Tool.ExpectAsync(0, "wal", "get", prepared.Planned[0], to);
    }

    [Fact]
    public async Task Get_ends_where_it_was_told_and_a_standby_goes_on_without_the_archive()
    {
        var to = Production.Folder["standby"];
        string[] second = ["wal", "get", prepared.Planned[1], to];

        await Production.Tool.ExpectAsync(1, [.. second, "--until", prepared.Planned[0]]);
        await Production.Tool.ExpectAsync(0, [.. second, "--until", prepared.Planned[1]]);
        await Production.Tool.ExpectAsync(255, [.. second, "--until", "nonsense"]);
        File.Delete(to);

        var aside = Production.Policy.Repository + "-away";
        Directory.Move(Production.Policy.Repository, aside);

        try
        {
            await Production.Tool.ExpectAsync(255, second);
            await Production.Tool.ExpectAsync(1, [.. second, "--standby"]);
        }
        finally
        {
            Directory.Move(aside, Production.Policy.Repository);
        }

        Assert.False(Path.Exists(to));
    }

    [Fact]
    public async Task Push_takes_the_same_content_again_and_refuses_another_under_its_name()
    {
        var other = await CloneWritesAsync();
        var name = Path.GetFileName(other);
        var before = Read(Assert.Single(Production.ArchivedObjects(name)));

        await Production.Tool.ExpectAsync(0, "wal", "push", PathOf(name));
        var refusal = await Production.Tool.ExpectAsync(14, "wal", "push", other);

        refusal.Refuses($"'{name}' is in repository 'local' already with another content", "nothing was overwritten");
        Assert.Equal(before, Read(Assert.Single(Production.ArchivedObjects(name))));
    }

    [Fact]
    public async Task Push_refuses_what_is_not_WAL_of_this_cluster_with_a_number_that_the_archiver_repeats()
    {
        var foreign = Original(prepared.Planned[0]);
        // The system identifier in a segment's long header (xlog_internal.h) stands at byte 24.
        foreign[24] ^= 1;
        var folder = Production.Folder.Make("foreign");
        var path = Path.Combine(folder, "0000000100000000000000A0");
        await File.WriteAllBytesAsync(path, foreign, TestContext.Current.CancellationToken);

        await Production.Tool.ExpectAsync(17, "wal", "push", path);
        await Production.Tool.ExpectAsync(64, "wal", "push", Production.Folder.Write("README", "no WAL"));
        await Production.Tool.ExpectAsync(15, "wal", "push", Path.Combine(folder, "0000000100000000000000A1"));

        Assert.Empty(Production.ArchivedObjects("0000000100000000000000A0"));
    }

    /// <summary>A copy of production that was started by mistake, and wrote a segment of the same name.</summary>
    async Task<string> CloneWritesAsync()
    {
        await Production.Cluster.StopAsync();
        var clone = await Production.PlaceAsync("clone");
        var copied = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest("cp", "-a", Production.Cluster.DataDirectory, clone.DataDirectory),
            TestContext.Current.CancellationToken);
        Assert.True(copied.ExitCode == 0, copied.Errors);
        await clone.StartAsync(new Dictionary<string, string> { ["archive_mode"] = "off" });
        await Production.Cluster.StartAsync();

        await clone.ExecuteAsync("CREATE TABLE of_clone AS SELECT generate_series(1, 100)");
        var written = await clone.ScalarAsync<string>("SELECT pg_walfile_name(pg_switch_wal())");
        Assert.Equal(written, await Production.ArchiveAsync());
        return $"{clone.DataDirectory}/pg_wal/{written}";
    }

    async Task<string> GetAsync(int exitCode, string name, string to)
        => (await Production.Tool.ExpectAsync(exitCode, "wal", "get", "--recovery", prepared.Session, name, to)).Errors;

    string PathOf(string name) => $"{Production.Cluster.DataDirectory}/pg_wal/{name}";

    byte[] Original(string name) => Read(PathOf(name));

    static byte[] Read(string path) => File.ReadAllBytes(path);
}
