using TomoBackup.Scenarios.MainJob;

namespace TomoBackup.Scenarios.Setup;

/// <summary>What scripts around pg_dump forget, and a backup of the whole cluster does not.</summary>
public sealed class WholeClusterTests
{
    [Fact]
    public async Task Roles_and_extensions_come_back_as_they_were()
    {
        const string Roles = "SELECT string_agg(rolname || rolcanlogin, ',' ORDER BY rolname) FROM pg_roles";
        const string Extensions = "SELECT string_agg(extname || extversion, ',' ORDER BY extname) FROM pg_extension";
        await using var production = await ProtectedCluster.StartAsync();
        await production.Cluster.ExecuteAsync("CREATE ROLE analyst LOGIN; CREATE EXTENSION amcheck");
        await production.BackupAsync();
        var roles = await production.Cluster.ScalarAsync<string>(Roles);
        var extensions = await production.Cluster.ScalarAsync<string>(Extensions);

        var (copy, _) = await production.RestoreAsync("copy", "--latest");

        Assert.Contains("analysttrue", roles, StringComparison.Ordinal);
        Assert.Contains("amcheck", extensions, StringComparison.Ordinal);
        Assert.Equal(roles, await copy.ScalarAsync<string>(Roles));
        Assert.Equal(extensions, await copy.ScalarAsync<string>(Extensions));
    }
}
