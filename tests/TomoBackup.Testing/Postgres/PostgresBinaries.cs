using System.Collections.Concurrent;
using TomoBackup.Postgres.Server;
using Xunit;

namespace TomoBackup.Testing.Postgres;

/// <summary>
/// The PostgreSQL programs that tests run: from <c>TOMO_BACKUP_PG18</c> (folder of the programs) and its like, from
/// what <c>build/setup</c> noted, or where packages put them. A missing version fails the test: a skipped scenario
/// looks like a passed one.
/// </summary>
public static class PostgresBinaries
{
    static readonly ConcurrentDictionary<int, PostgresInstallation> Found = new();

    public static async Task<PostgresInstallation> FindAsync(int major)
    {
        if (Found.TryGetValue(major, out var known))
            return known;

        var variable = $"TOMO_BACKUP_PG{major}";
        var folder = SetUpNotes.Read(variable);
        var installation = await PostgresInstallation.FindAsync(
            major, folder, ProcessRunner.Instance, CancellationToken.None);

        if (installation is null)
            Assert.Fail($"PostgreSQL {major} is not here: run build/setup, or name its bin folder in {variable}");

        return Found[major] = installation;
    }
}
