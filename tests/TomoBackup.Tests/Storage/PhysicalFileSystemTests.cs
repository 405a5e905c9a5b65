using System.Globalization;
using System.Text;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class PhysicalFileSystemTests : IDisposable
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode Everyone = (UnixFileMode)0x1ff;

    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_what_it_wrote_at_any_offset()
    {
        Write("a", "hello world");
        using var reader = Files.OpenRead(_folder["a"])!;
        var buffer = new byte[100];

        Assert.Equal(11, reader.Length);
        Assert.Equal(5, reader.Read(6, buffer));
        Assert.Equal("world"u8, buffer.AsSpan(0, 5));
        Assert.Equal(0, reader.Read(11, buffer));
        Assert.Equal(0, reader.Read(1000, buffer));
    }

    [Fact]
    public void Sees_a_file_grow_and_shrink_under_it()
    {
        using var writer = Files.CreateNew(_folder["a"], Owner);
        using var reader = Files.OpenRead(_folder["a"])!;

        writer.Write(9, [1]);
        Assert.Equal(10, reader.Length);
        writer.SetLength(3);
        Assert.Equal(3, reader.Length);
        writer.SetLength(1L << 40);
        Assert.Equal(1L << 40, reader.Length);
    }

    [Theory]
    [InlineData(0x1ff)]
    [InlineData(0x1b6)]
    [InlineData(0x100)]
    public void Gives_files_and_directories_exactly_the_mode_asked_for(int mode)
    {
        Files.CreateNew(_folder["file"], (UnixFileMode)mode).Dispose();
        Files.CreateDirectory(_folder["directory"], (UnixFileMode)mode);

        Assert.Equal((UnixFileMode)mode, Files.Stat(_folder["file"])!.Mode);
        Assert.Equal((UnixFileMode)mode, Files.Stat(_folder["directory"])!.Mode);
        Files.SetMode(_folder["directory"], Everyone);
        Assert.Equal(Everyone, Files.Stat(_folder["directory"])!.Mode);
    }

    [Fact]
    public void Never_opens_or_creates_through_a_link_at_the_end()
    {
        Write("secret", "x");
        Files.CreateSymbolicLink(_folder["link"], _folder["secret"]);
        Files.CreateSymbolicLink(_folder["dangling"], _folder["elsewhere"]);

        var failure = Assert.Throws<IOException>(() => Files.OpenRead(_folder["link"]));
        Assert.Equal($"unable to open '{_folder["link"]}': too many levels of symbolic links", failure.Message);
        Assert.Throws<IOException>(() => Files.CreateNew(_folder["dangling"], Owner));
        Assert.ThrowsAny<Exception>(() => Files.SetMode(_folder["link"], Everyone));
        Assert.Throws<IOException>(() => Files.TryLock(_folder["dangling"]));
        Assert.Null(Files.Stat(_folder["elsewhere"]));
        Assert.Equal(Owner, Files.Stat(_folder["secret"])!.Mode);
    }

    [Fact]
    public void Opens_nothing_but_regular_files()
    {
        Files.CreateDirectory(_folder["directory"], Everyone);

        var failure = Assert.Throws<IOException>(() => Files.OpenRead(_folder["directory"]));
        Assert.Equal($"unable to open '{_folder["directory"]}': not a regular file", failure.Message);
        Assert.Throws<IOException>(() => Files.OpenRead("/dev/null"));
    }

    [Fact]
    public void Answers_absence_with_a_value()
    {
        Write("file", "x");

        Assert.Null(Files.OpenRead(_folder["none"]));
        Assert.Null(Files.OpenRead(_folder["none/deeper"]));
        Assert.Null(Files.OpenRead(_folder["file/deeper"]));
        Assert.Null(Files.Stat(_folder["none"]));
        Files.DeleteFile(_folder["none"]);
        Files.DeleteDirectory(_folder["none"]);
        Assert.Throws<DirectoryNotFoundException>(() => Files.List(_folder["none"]));
        Assert.Throws<DirectoryNotFoundException>(() => Files.List(_folder["file"]));
    }

    [Fact]
    public void Tells_all_facts_about_an_entry()
    {
        Write("file", "12345");
        Files.CreateSymbolicLink(_folder["link"], "../ünïcode target");
        Files.CreateDirectory(_folder["directory"], Everyone);

        var listed = Files.List(_folder.Path).ToDictionary(entry => entry.Name);

        Assert.Equal(["directory", "file", "link"], listed.Keys.Order());
        Assert.All(listed.Values, entry => Assert.Equal(entry, Files.Stat(_folder[entry.Name])));
        Assert.Equal((FileKind.File, 5L, Owner), (listed["file"].Kind, listed["file"].Length, listed["file"].Mode));
        Assert.Equal((FileKind.Link, "../ünïcode target"), (listed["link"].Kind, listed["link"].LinkTarget));
        Assert.Equal(FileKind.Special, Files.Stat("/dev/null")!.Kind);
        Assert.Equal(File.GetLastWriteTimeUtc(_folder["file"]), listed["file"].Modified.UtcDateTime);
        Assert.NotEqual(0ul, listed["file"].Inode);
        Assert.Equal(listed["directory"].Device, listed["file"].Device);
    }

    [Fact]
    public void Lists_only_the_names_that_begin_as_asked()
    {
        foreach (var name in (string[])["a", "ab", "abc", "b", "Ab"])
            Write(name, "");

        Assert.Equal(["ab", "abc"], Files.List(_folder.Path, "ab").Select(entry => entry.Name).Order());
        Assert.Empty(Files.List(_folder.Path, "x"));
    }

    [Fact]
    public void Lists_a_directory_larger_than_one_call_returns()
    {
        var names = Enumerable.Range(0, 3000).Select(i => $"a-rather-long-file-name-{i:d6}").ToList();
        Write("a", "one inode with many names, because inodes are slow to make");
        names.ForEach(name => Assert.Equal(0, LibC.CreateHardLink(_folder["a"], _folder[name])));
        Files.DeleteFile(_folder["a"]);

        Assert.Equal(names, Files.List(_folder.Path).Select(entry => entry.Name).Order());
    }

    [Theory]
    [InlineData("line\nbreak")]
    [InlineData("-rf")]
    [InlineData(" ")]
    [InlineData("größe\u2028")]
    [InlineData("\"'$(x)")]
    public void Takes_names_as_they_are(string name)
    {
        Write(name, "x");

        Assert.Equal(name, Assert.Single(Files.List(_folder.Path)).Name);
        Assert.Equal("x"u8.ToArray(), Files.ReadAll(_folder[name], 10));
    }

    [Fact]
    public void Refuses_to_pass_over_a_name_that_is_not_UTF8()
    {
        RawNames.CreateDirectory([.. Encoding.UTF8.GetBytes(_folder["a"]), 0xff, 0]);

        var failure = Assert.Throws<IOException>(() => Files.List(_folder.Path));
        RawNames.DeleteDirectory([.. Encoding.UTF8.GetBytes(_folder["a"]), 0xff, 0]);

        Assert.Equal($"unable to read '{_folder.Path}': the bytes 61ff of a name are not UTF-8", failure.Message);
    }

    [Fact]
    public void Calls_a_file_where_a_directory_should_be_an_error()
    {
        Write("a", "a");

        Assert.True(Files.CreateDirectory(_folder["d"], Owner));
        Assert.False(Files.CreateDirectory(_folder["d"], Everyone));
        Assert.Equal(Owner, Files.Stat(_folder["d"])!.Mode);
        var failure = Assert.Throws<IOException>(() => Files.CreateDirectory(_folder["a"], Everyone));
        Assert.Equal($"unable to create directory '{_folder["a"]}': file exists", failure.Message);
    }

    [Fact]
    public void Holds_a_lock_until_it_is_let_go()
    {
        using (var first = Files.TryLock(_folder["lock"]))
        {
            Assert.NotNull(first);
            Assert.Null(Files.TryLock(_folder["lock"]));
        }

        using var second = Files.TryLock(_folder["lock"]);
        Assert.NotNull(second);
        Assert.Equal(Owner, Files.Stat(_folder["lock"])!.Mode);
    }

    [Fact]
    public void Lets_a_lock_go_although_a_program_being_started_still_has_its_file_open()
    {
        int inherited;

        using (Files.TryLock(_folder["lock"]))
            inherited = RawFiles.Duplicate(_folder["lock"]);

        using var second = Files.TryLock(_folder["lock"]);
        RawFiles.Close(inherited);
        Assert.NotNull(second);
    }

    [Fact]
    public void Syncs_files_directories_and_file_systems()
    {
        using var writer = Files.CreateNew(_folder["a"], Owner);
        writer.Sync();
        Files.SyncDirectory(_folder.Path);
        Files.SyncFileSystem(_folder["a"]);

        Assert.Throws<IOException>(() => Files.SyncDirectory(_folder["a"]));
        Assert.Throws<IOException>(() => Files.SyncFileSystem(_folder["none"]));
    }

    [Fact]
    public void Raises_a_failed_sync_and_then_refuses_the_file()
    {
        // fsync of a pipe or of most of /dev is EINVAL: a true failure of the true call.
        using var file = LibC.Open("/dev/zero", OpenFlags.ReadWrite | OpenFlags.CloseOnExec, 0);
        using var writer = new PhysicalFileWriter(file, "/dev/zero", 0);
        writer.Write(0, [1]);

        var failure = Assert.Throws<IOException>(writer.Sync);

        Assert.Equal("unable to sync '/dev/zero': invalid argument", failure.Message);
        Assert.Equal(Errno.Invalid, failure.HResult);
        foreach (var call in new Action[] { () => writer.Write(0, [1]), () => writer.SetLength(0), writer.Sync })
            Assert.Equal("unable to use '/dev/zero': an earlier sync failed", Assert.Throws<IOException>(call).Message);
    }

    [Fact]
    public void Knows_a_full_disk()
    {
        using var file = LibC.Open("/dev/full", OpenFlags.WriteOnly | OpenFlags.CloseOnExec, 0);
        using var writer = new PhysicalFileWriter(file, "/dev/full", 0);

        var failure = Assert.Throws<IOException>(() => writer.Write(0, [1]));

        Assert.Equal("unable to write '/dev/full': no space left on device", failure.Message);
        Assert.True(failure.IsDiskFull);
        Assert.False(new IOException("x", Errno.InputOutput).IsDiskFull);
        Assert.True(new StoreException(StoreFailure.Full, "x").IsDiskFull);
    }

    [Fact]
    public void Makes_a_refusal_an_unauthorized_access()
    {
        var failure = Errno.Failure("open", "/x", Errno.AccessDenied);

        Assert.Equal("unable to open '/x': permission denied", failure.Message);
        Assert.IsType<UnauthorizedAccessException>(failure);
        Assert.Equal(Errno.AccessDenied, failure.HResult);
    }

    [Fact]
    public void Measures_free_space_as_the_system_does()
    {
        var expected = new DriveInfo(_folder.Path).AvailableFreeSpace;

        Assert.InRange(Files.FreeBytes(_folder.Path), expected - (1L << 30), expected + (1L << 30));
    }

    [Fact]
    public void Sets_owner_and_group_of_a_link_itself()
    {
        Write("file", "x");
        Files.CreateSymbolicLink(_folder["link"], _folder["none"]);
        var mine = Files.Stat(_folder["file"])!;

        Files.SetOwner(_folder["link"], mine.User, mine.Group);

        Assert.Equal(mine.User, Files.Stat(_folder["link"])!.User);
        Assert.Throws<IOException>(() => Files.SetOwner(_folder["none"], mine.User, mine.Group));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("")]
    [InlineData("/x\0y")]
    public void Refuses_paths_that_mean_something_else(string path)
    {
        foreach (var call in new Action[]
        {
            () => Files.OpenRead(path), () => Files.Stat(path), () => Files.DeleteFile(path),
            () => Files.List(path), () => Files.TryRename(path, "/x"), () => Files.Replace("/x", path),
        })
            Assert.Throws<ArgumentException>(call);
    }

    [Fact]
    public void Reads_times_before_the_epoch()
    {
        Write("a", "x");
        var time = DateTime.Parse("1969-12-31T23:59:58.5Z", CultureInfo.InvariantCulture).ToUniversalTime();
        File.SetLastWriteTimeUtc(_folder["a"], time);

        Assert.Equal(time, Files.Stat(_folder["a"])!.Modified.UtcDateTime);
    }

    void Write(string name, string text)
    {
        using var writer = Files.CreateNew(_folder[name], Owner);
        writer.Write(0, Encoding.UTF8.GetBytes(text));
    }
}
