using TomoBackup.Postgres.Server;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Postgres.Server;

public sealed class PostmasterPidTests
{
    const string Whole = "4711\n/srv/data\n1795376301\n5433\n/run/postgresql\nlocalhost\n  16908  32\nready   \n";

    [Fact]
    public void Reads_all_lines()
    {
        var file = PostmasterPid.Parse(Whole);

        Assert.Equal(
            new PostmasterPid(
                4711,
                "/srv/data",
                DateTimeOffset.FromUnixTimeSeconds(1795376301),
                5433,
                "/run/postgresql",
                "localhost",
                PostmasterStatus.Ready),
            file);
    }

    [Fact]
    public void Reads_as_much_as_a_starting_server_has_written()
    {
        for (var length = 0; length < Whole.Length; length++)
            if (PostmasterPid.Parse(Whole[..length]) is { } file)
            {
                Assert.Equal(4711, file.Pid);
                Assert.Equal("/srv/data", file.DataDirectory);
            }

        Assert.Null(PostmasterPid.Parse("4711\n/srv/data\n"));
        Assert.Equal(PostmasterStatus.Unknown, PostmasterPid.Parse("4711\n/srv/data\n1795376301\n")!.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0\n/srv/data\n1795376301\n")]
    [InlineData("many\n/srv/data\n1795376301\n")]
    [InlineData("4711\n/srv/data\nlong ago\n")]
    public void Takes_nothing_else_for_such_a_file(string text) => Assert.Null(PostmasterPid.Parse(text));

    [Fact]
    public void A_single_user_backend_counts_by_its_process()
        => Assert.Equal(4711, PostmasterPid.Parse("-4711\n/srv/data\n1795376301\n")!.Pid);

    [Fact]
    public void A_directory_without_the_file_has_no_server()
    {
        using var folder = new TestFolder();

        Assert.Null(PostmasterPid.Read(folder.FullPath));
        Assert.Null(PostmasterPid.Read(folder["nowhere"]));
        Assert.False(ServerProcess.IsRunning(folder.FullPath));
    }

    [Fact]
    public void A_live_process_of_another_program_is_no_server()
    {
        using var folder = new TestFolder();
        folder.Write(PostmasterPid.FileName, $"{Environment.ProcessId}\n{folder.FullPath}\n1795376301\n");

        Assert.False(ServerProcess.IsRunning(folder.FullPath));
    }
}
