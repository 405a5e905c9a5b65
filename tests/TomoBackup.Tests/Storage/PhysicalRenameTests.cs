using System.Text;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class PhysicalRenameTests : IDisposable
{
    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Renames_without_ever_replacing()
    {
        Write("a", "a");
        Write("b", "b");

        Assert.False(Files.TryRename(_folder["a"], _folder["b"]));
        Assert.Equal("b"u8.ToArray(), Files.ReadAll(_folder["b"], 10));
        Assert.True(Files.TryRename(_folder["a"], _folder["c"]));
        Assert.Null(Files.Stat(_folder["a"]));

        var failure = Assert.Throws<IOException>(() => Files.TryRename(_folder["a"], _folder["d"]));
        Assert.Equal(
            $"unable to rename '{_folder["a"]}' to '{_folder["d"]}': no such file or directory", failure.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lets_one_of_two_racing_renames_win(bool withoutRenameat2)
    {
        const int Rounds = 3000;
        Func<string, string, bool> rename
            = withoutRenameat2 ? PhysicalFileSystem.TryLinkAndUnlink : Files.TryRename;

        using var start = new Barrier(2);

        Task<bool[]> Racer(string mine) => Task.Factory.StartNew(
            () => Enumerable.Range(0, Rounds).Select(round => Race(mine, _folder[$"target-{round}"], round)).ToArray(),
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        bool Race(string mine, string target, int round)
        {
            // Side by side again now and then; a meeting in each round would cost more than the race.
            if (round % 50 == 0)
                start.SignalAndWait();

            var isMine = rename(mine, target);

            // A second name gives the winner a file for the next round; new files are slow to make.
            if (isMine)
                Assert.Equal(0, LibC.CreateHardLink(target, mine));

            return isMine;
        }

        Write("one", "1");
        Write("two", "2");
        var wins = await Task.WhenAll(Racer(_folder["one"]), Racer(_folder["two"]));

        Assert.All(Enumerable.Range(0, Rounds), round => Assert.True(wins[0][round] ^ wins[1][round]));
    }

    [Fact]
    public void Renames_by_link_where_the_file_system_knows_no_better()
    {
        Write("a", "a");
        Write("b", "b");

        Assert.False(PhysicalFileSystem.TryLinkAndUnlink(_folder["a"], _folder["b"]));
        Assert.True(PhysicalFileSystem.TryLinkAndUnlink(_folder["a"], _folder["c"]));
        Assert.Null(Files.Stat(_folder["a"]));
        Assert.Equal("a"u8.ToArray(), Files.ReadAll(_folder["c"], 10));
    }

    [Fact]
    public void Replaces_in_one_step()
    {
        Write("a", "a");
        Write("b", "b");

        Files.Replace(_folder["a"], _folder["b"]);

        Assert.Equal("a"u8.ToArray(), Files.ReadAll(_folder["b"], 10));
        Assert.Null(Files.Stat(_folder["a"]));
    }

    void Write(string name, string text)
    {
        using var writer = Files.CreateNew(_folder[name], UnixFileMode.UserRead);
        writer.Write(0, Encoding.UTF8.GetBytes(text));
    }
}
