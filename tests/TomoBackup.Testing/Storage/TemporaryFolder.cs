using TomoBackup.Storage;

namespace TomoBackup.Testing.Storage;

/// <summary>A folder of one test's own, removed at its end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("tomo-test-").FullName;

    /// <summary>A path below it.</summary>
    public string this[string name] => System.IO.Path.Join(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        Unlock(new DirectoryInfo(Path));
        PhysicalFileSystem.Instance.DeleteTree(Path);
    }

    /// <summary>A test may have closed a folder to see what happens.</summary>
    static void Unlock(DirectoryInfo folder)
    {
        folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

        foreach (var below in folder.EnumerateDirectories().Where(d => d.LinkTarget is null))
            Unlock(below);
    }
}
