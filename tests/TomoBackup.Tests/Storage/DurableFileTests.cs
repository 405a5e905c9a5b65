using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class DurableFileTests : IDisposable
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode Folder = Owner | UnixFileMode.UserExecute;

    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_a_new_file_once()
    {
        Assert.True(Files.WriteNew(_folder["a"], [1, 2], Owner));
        Assert.False(Files.WriteNew(_folder["a"], [3], Owner));

        Assert.Equal([1, 2], Files.ReadAll(_folder["a"], 2));
        Assert.Equal(["a"], Files.List(_folder.Path).Select(entry => entry.Name));
        Assert.Equal(Owner, Files.Stat(_folder["a"])!.Mode);
    }

    [Fact]
    public void Replaces_a_file()
    {
        Files.WriteReplace(_folder["a"], [1], Owner);
        Files.WriteReplace(_folder["a"], [2, 3], Owner);

        Assert.Equal([2, 3], Files.ReadAll(_folder["a"], 10));
        Assert.Equal(["a"], Files.List(_folder.Path).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Syncs_the_content_before_the_name_and_the_name_before_it_returns(bool isNew)
    {
        var plan = FaultPlan.Count();
        var files = new FaultyFileSystem(Files, plan);

        if (isNew)
            files.WriteNew(_folder["a"], [1], Owner);
        else
            files.WriteReplace(_folder["a"], [1], Owner);

        var steps = plan.Log.Select(step => string.Join(' ', step.Split(' ').TakeWhile(word => word[0] != '/')));
        var rename = isNew ? "rename" : "replace";
        Assert.Equal(["create", "write", "sync file", rename, "delete", "sync directory"], steps);
        Assert.Equal($"sync directory {_folder.Path}", plan.Log[^1]);
    }

    [Fact]
    public void Makes_each_missing_parent_durable_in_turn()
    {
        var plan = FaultPlan.Count();

        new FaultyFileSystem(Files, plan).CreateDirectories(_folder["a/b"] + "/", Folder);

        Assert.Equal(
            [
                $"create directory {_folder["a"]}", $"sync directory {_folder.Path}",
                $"create directory {_folder["a/b"]}", $"sync directory {_folder["a"]}",
            ],
            plan.Log.Where(step => !step.StartsWith("examine", StringComparison.Ordinal)));
        Assert.Equal(Folder, Files.Stat(_folder["a/b"])!.Mode);
        Files.CreateDirectories(_folder["a/b"], Folder);
    }

    [Fact]
    public void Leaves_old_or_new_content_wherever_it_fails_or_dies()
    {
        byte[] old = [1, 1, 1, 1], renewed = [2, 2, 2, 2, 2, 2];
        var steps = StepsOf(files => files.WriteReplace(_folder["count"], renewed, Owner));

        foreach (var kind in Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.None))
            for (var n = 1; n <= steps; n++)
            {
                var path = _folder[$"{kind}-{n}"];
                Files.WriteNew(path, old, Owner);
                var plan = FaultPlan.At(n, kind);

                var failure = Record.Exception(
                    () => new FaultyFileSystem(Files, plan).WriteReplace(path, renewed, Owner));
                var content = Files.ReadAll(path, 100)!;

                Assert.True(failure is not null, plan.Struck);
                Assert.True(content.SequenceEqual(old) || content.SequenceEqual(renewed), plan.Struck);
            }
    }

    [Fact]
    public void Reads_no_more_than_allowed_and_answers_absence_with_null()
    {
        Files.WriteNew(_folder["a"], new byte[11], Owner);

        Assert.Null(Files.ReadAll(_folder["none"], 10));
        var failure = Assert.Throws<IOException>(() => Files.ReadAll(_folder["a"], 10));
        Assert.Equal($"unable to read '{_folder["a"]}': it has 11 bytes, more than 10", failure.Message);
    }

    [Fact]
    public void Deletes_a_tree_but_nothing_behind_its_links()
    {
        Files.CreateDirectories(_folder["outside"], Folder);
        Files.WriteNew(_folder["outside/kept"], [1], Owner);
        Files.CreateDirectories(_folder["tree/a/b"], Folder);
        Files.WriteNew(_folder["tree/a/b/c"], [1], Owner);
        Files.CreateSymbolicLink(_folder["tree/a/link"], _folder["outside"]);
        Files.CreateSymbolicLink(_folder["toTree"], _folder["tree"]);

        Assert.Throws<IOException>(() => Files.DeleteTree(_folder["toTree"]));
        Assert.NotNull(Files.Stat(_folder["tree/a/b/c"]));
        Files.DeleteTree(_folder["tree"] + "/");
        Files.DeleteTree(_folder["tree"]);

        Assert.Null(Files.Stat(_folder["tree"]));
        Assert.NotNull(Files.Stat(_folder["outside/kept"]));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("///")]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/tmp/..")]
    [InlineData("/tmp/../")]
    [InlineData("/.")]
    public void Never_deletes_a_tree_that_is_not_named_plainly(string path)
        => Assert.Throws<ArgumentException>(
            () => new FaultyFileSystem(Files, FaultPlan.At(1, FaultKind.Crash)).DeleteTree(path));

    static int StepsOf(Action<IFileSystem> work)
    {
        var plan = FaultPlan.Count();
        work(new FaultyFileSystem(Files, plan));
        return plan.Operations;
    }
}
