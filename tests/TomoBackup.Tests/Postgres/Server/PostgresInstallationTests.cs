using TomoBackup.Postgres.Server;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Postgres.Server;

public sealed class PostgresInstallationTests
{
    [Theory]
    [InlineData("postgres (PostgreSQL) 18.6 (Debian 18.6-3)\n", "18.6 (Debian 18.6-3)", 18)]
    [InlineData("postgres (PostgreSQL) 15.18\n", "15.18", 15)]
    [InlineData("postgres (PostgreSQL) 19beta1\n", "19beta1", 19)]
    public async Task Knows_a_version_by_what_the_program_prints(string output, string version, int major)
    {
        using var folder = new TestFolder();
        folder.Write("postgres", "");

        var found = await PostgresInstallation.OpenAsync(folder.FullPath, new Says(output), Stop);

        Assert.Equal(version, found?.Version);
        Assert.Equal(major, found?.Major);
        Assert.Equal(folder["pg_ctl"], found?.BinaryFor("pg_ctl"));
    }

    [Fact]
    public async Task Refuses_a_named_folder_of_another_version()
    {
        using var folder = new TestFolder();
        folder.Write("postgres", "");

        var refusal = await Assert.ThrowsAsync<PostgresServerException>(() => PostgresInstallation.FindAsync(
            18, folder.FullPath, new Says("postgres (PostgreSQL) 17.11\n"), Stop));

        Assert.Equal(ServerFailure.Refused, refusal.Failure);
        Assert.Equal($"'{folder.FullPath}' holds PostgreSQL 17, not 18", refusal.Message);
    }

    [Fact]
    public async Task Looks_nowhere_else_where_a_folder_is_named()
    {
        using var folder = new TestFolder();

        Assert.Null(await PostgresInstallation.FindAsync(15, folder.FullPath, ProcessRunner.Instance, Stop));
    }

    [Fact]
    public async Task Takes_another_program_of_that_name_for_nothing()
    {
        using var folder = new TestFolder();
        folder.Write("postgres", "");

        Assert.Null(await PostgresInstallation.OpenAsync(folder.FullPath, new Says("hello\n"), Stop));
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    sealed class Says(string output) : IProcessRunner
    {
        public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
            => Task.FromResult(new ProcessResult(0, output, ""));

        public IStartedProcess StartDetached(ProcessRequest request, string outputFile)
            => throw new NotSupportedException();
    }
}
