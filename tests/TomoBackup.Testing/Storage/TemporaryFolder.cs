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
    public void Dispose() => PhysicalFileSystem.Instance.DeleteTree(Path);
}
