using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>Debian keeps configuration files outside the data directory.</summary>
public sealed class OutsideConfigurationTests
{
    [Fact]
    public async Task A_copy_starts_with_its_own_copies_of_the_configuration_files()
    {
        await using var production = await StartAsync();
        await production.BackupAsync();
        var before = Configuration(production);

        var (copy, _) = await production.RestoreAsync("copy", "--latest");

        foreach (var setting in new[] { "config_file", "hba_file", "ident_file" })
            Assert.StartsWith(
                $"{copy.DataDirectory}/external_config/", await copy.ScalarAsync<string>($"SHOW {setting}"),
                StringComparison.Ordinal);

        Assert.Equal(copy.DataDirectory, await copy.ScalarAsync<string>("SHOW data_directory"));
        Assert.Equal("outside", await copy.ScalarAsync<string>("SHOW cluster_name"));
        await CommitLedger.VerifyAsync(copy, production.Ledger.Everything);
        Assert.Equal(before, Configuration(production));
    }

    [Fact]
    public async Task In_place_the_files_outside_stay_and_are_used()
    {
        await using var production = await StartAsync();
        await production.BackupAsync();
        await production.Ledger.WriteAsync(5);
        await production.Cluster.KillAsync();
        var before = Configuration(production);

        await production.Tool.ExpectAsync(
            0, "restore", "--in-place", "--latest", "--start",
            "--postgres", production.Cluster.Installation.ProgramFolder());

        Assert.Equal(
            $"{production.Folder["etc"]}/postgresql.conf",
            await production.Cluster.ScalarAsync<string>("SHOW config_file"));
        await CommitLedger.VerifyAsync(production.Cluster, production.Ledger.Everything);
        Assert.Equal(before, Configuration(production));
    }

    [Fact]
    public async Task In_place_a_file_outside_that_is_gone_comes_back()
    {
        await using var production = await StartAsync();
        await production.BackupAsync();
        await production.Cluster.KillAsync();
        var before = Configuration(production);
        Directory.Delete(production.Folder["etc"], recursive: true);

        await production.Tool.ExpectAsync(
            0, "restore", "--in-place", "--latest", "--start",
            "--postgres", production.Cluster.Installation.ProgramFolder());

        Assert.Equal(before, Configuration(production));
        await CommitLedger.VerifyAsync(production.Cluster, production.Ledger.Everything);
    }

    static async Task<ProtectedCluster> StartAsync()
    {
        var production = await ProtectedCluster.InitializeAsync();
        var (data, outside) = (production.Cluster.DataDirectory, production.Folder.Make("etc"));
        production.Cluster.Configure(new Dictionary<string, string>
        {
            ["data_directory"] = data,
            ["hba_file"] = $"{outside}/pg_hba.conf",
            ["ident_file"] = $"{outside}/pg_ident.conf",
            ["cluster_name"] = "outside",
        });

        foreach (var name in new[] { "postgresql.conf", "pg_hba.conf", "pg_ident.conf" })
            File.Move($"{data}/{name}", $"{outside}/{name}");

        await production.BeginAsync(
            new Dictionary<string, string> { ["config_file"] = $"{outside}/postgresql.conf" });
        return production;
    }

    static Dictionary<string, string> Configuration(ProtectedCluster production)
        => Directory.GetFiles(production.Folder["etc"]).ToDictionary(static path => path, File.ReadAllText);
}
