using System.Security.Cryptography;
using TomoBackup.Testing;
using TomoBackup.Testing.Postgres;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>A stopped production with one backup, and a second cluster with a repository of its own.</summary>
public sealed class TwoProductions : IAsyncLifetime
{
    internal ProtectedCluster Ours { get; private set; } = null!;

    internal ProtectedCluster Theirs { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Ours = await ProtectedCluster.StartAsync();
        await Ours.BackupAsync();
        await Ours.ArchiveAsync();
        await Ours.Cluster.StopAsync();
        Theirs = await ProtectedCluster.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Ours.DisposeAsync();
        await Theirs.DisposeAsync();
    }
}

/// <summary>Each refusal: its exit code, one sentence and a hint, and nothing changed on disk.</summary>
public sealed class RefusalTests(TwoProductions productions) : IClassFixture<TwoProductions>, IDisposable
{
    readonly TestFolder _machine = new();

    ProtectedCluster Ours => productions.Ours;

    ProtectedCluster Theirs => productions.Theirs;

    string Place => _machine["place"];

    [Fact]
    public Task A_wrong_identity()
        => RefusesAsync(
            12, "signing key", "escrow sheet",
            "restore", "--from", Ours.Policy.Repository.AsStore(), "--identity", Theirs.EscrowSheet, "--latest",
            "--into", Place);

    [Fact]
    public async Task A_wrong_identity_although_the_signer_is_trusted()
    {
        var fingerprint = (await File.ReadAllTextAsync(Ours.EscrowSheet, TestContext.Current.CancellationToken))
            .Split("tomo-backup signing key: ")[1][..64];

        await RefusesAsync(
            12, "", "escrow key",
            "restore", "--from", Ours.Policy.Repository.AsStore(), "--identity", Theirs.EscrowSheet,
            "--signing-key", fingerprint, "--latest", "--into", Place);
    }

    [Fact]
    public async Task An_identity_that_others_can_read()
    {
        var key = _machine.Write("open.key", await File.ReadAllTextAsync(
            Ours.EscrowSheet, TestContext.Current.CancellationToken));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        await RefusesAsync(
            12, $"'{key}' can be read by others", $"chmod 600 {key}",
            "restore", "--from", Ours.Policy.Repository.AsStore(), "--identity", key, "--latest", "--into", Place);
    }

    [Fact]
    public Task An_identity_that_is_not_there()
        => RefusesAsync(
            12, "there is no identity file", "--identity",
            "restore", "--from", Ours.Policy.Repository.AsStore(), "--identity", _machine["none"], "--latest",
            "--into", Place);

    [Fact]
    public Task An_unknown_cluster()
        => RefusesAsync(
            15, "knows no cluster 'other'", "--cluster",
            "restore", "--cluster", "other", "--from", Ours.Policy.Repository.AsStore(), "--identity",
            Ours.EscrowSheet, "--latest", "--into", Place);

    [Fact]
    public Task An_unknown_backup()
        => RefusesAsync(
            15, "20200101T000000Z-00000000", "",
            "restore", "--from", Ours.Policy.Repository.AsStore(), "--identity", Ours.EscrowSheet, "--backup",
            "20200101T000000Z-00000000", "--into", Place);

    [Theory]
    [InlineData("""{"format":"tomo-backup","version":2,"repository":"x"}""", 13, "version 2", "program version")]
    [InlineData("""{"format":"other","version":1,"repository":"x"}""", 13, "another program", "another place")]
    [InlineData(null, 10, "holds no repository", "tomo-backup init")]
    public async Task A_place_that_is_no_repository_of_ours(string? marker, int exitCode, string sentence, string hint)
    {
        var store = _machine.Make("store");

        if (marker is not null)
            _machine.Write("store/repository.json", marker);

        await RefusesAsync(
            exitCode, sentence, hint,
            "restore", "--from", store.AsStore(), "--identity", Ours.EscrowSheet, "--latest", "--into", Place);
    }

    [Fact]
    public Task A_place_that_is_not_there()
        => RefusesAsync(
            10, _machine["nowhere"], "init",
            "restore", "--from", _machine["nowhere"].AsStore(), "--identity", Ours.EscrowSheet, "--latest", "--into",
            Place);

    [Fact]
    public async Task A_repository_of_another_host()
    {
        var policy = (Ours.Policy with { Repository = Theirs.Policy.Repository }).WriteTo(_machine);

        await RefusesAsync(
            12, "signing key", "escrow sheet", "--policy", policy, "restore", "--latest", "--into", Place);
    }

    [Fact]
    public async Task A_directory_that_is_not_empty()
    {
        _machine.Make("place");
        _machine.Write("place/letter", "do not lose me");

        await RefusesAsync(17, $"'{Place}' is not empty", "--in-place", FromOurs("--into", Place));
    }

    [Fact]
    public Task A_directory_whose_parent_is_not_there()
        => RefusesAsync(
            17, $"there is no directory '{_machine["no"]}'", "--into", FromOurs("--into", _machine["no/where"]));

    [Fact]
    public async Task A_directory_in_use()
    {
        await RefusesAsync(
            17, $"a PostgreSQL server runs on '{Theirs.Cluster.DataDirectory}'", "Stop it first",
            FromOurs("--into", Theirs.Cluster.DataDirectory));
        Assert.True(Theirs.Cluster.IsRunning);
    }

    [Fact]
    public async Task In_place_of_a_running_server()
    {
        var result = await Theirs.Tool.ExpectAsync(17, "restore", "--in-place", "--latest", "--start");

        result.Refuses($"a PostgreSQL server runs on '{Theirs.Cluster.DataDirectory}'", "Stop it first");
        Assert.True(Theirs.Cluster.IsRunning);
        Assert.Empty(Directory.GetDirectories(Theirs.Folder.FullPath, "data.before-restore-*"));
    }

    [Fact]
    public async Task In_place_of_another_cluster()
    {
        await using var other = await TestCluster.InitializeAsync(_machine["other"], new TestClusterOptions());
        var policy = (Ours.Policy with { DataDirectory = other.DataDirectory }).WriteTo(_machine);

        await RefusesAsync(
            17, $"'{other.DataDirectory}' belongs to the cluster with system identifier", "never replaced",
            "--policy", policy, "restore", "--in-place", "--latest");
    }

    [Fact]
    public async Task In_place_of_something_that_is_no_cluster()
    {
        _machine.Write("letter", "do not lose me");
        var policy = (Ours.Policy with { DataDirectory = _machine.FullPath }).WriteTo(_machine);

        await RefusesAsync(
            17, $"'{_machine.FullPath}' is not a data directory", "data_directory",
            "--policy", policy, "restore", "--in-place", "--latest");
    }

    [Fact]
    public Task No_policy() => RefusesAsync(78, "no policy file", "--policy", "backup", "--full");

    [Fact]
    public Task A_server_that_does_not_answer()
        => RefusesAsync(69, "", "", "--policy", Ours.Tool.PolicyFile!, "backup", "--full");

    public void Dispose() => _machine.Dispose();

    string[] FromOurs(params string[] more)
        => ["restore", "--latest", "--from", Ours.Policy.Repository.AsStore(), "--identity", Ours.EscrowSheet, .. more];

    async Task RefusesAsync(int exitCode, string sentence, string hint, params string[] arguments)
    {
        var before = Everything();

        var result = await new ToolRunner(_machine).ExpectAsync(exitCode, arguments);

        result.Refuses(sentence, hint);
        Assert.Equal(before, Everything());
    }

    /// <summary>Every file of the repositories, of our cluster and of this test, with its content. What runs is out,
    /// and the journals of hosts, which tell of this very refusal.</summary>
    List<string> Everything()
        => [.. new[] { Ours.Policy.Repository, Ours.Cluster.DataDirectory, Theirs.Policy.Repository, _machine.FullPath }
            .SelectMany(static folder => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
            .Where(static path => !path.Contains("/xdg-state", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(static path => File.Exists(path)
                ? $"{path} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}"
                : path)];
}

/// <summary>Addresses of folders.</summary>
static class StoreAddresses
{
    extension(string folder)
    {
        public string AsStore() => $"file://{folder}";
    }
}
