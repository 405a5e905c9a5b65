namespace TomoBackup.Testing;

/// <summary>
/// A folder of one test, with a short name because sockets stand in it, removed with all that is in it afterwards.
/// <c>TOMO_BACKUP_KEEP=1</c> keeps it, for a look at what went wrong.
/// </summary>
public sealed class TestFolder : IDisposable
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public TestFolder()
    {
        FullPath = Path.Combine(Path.GetTempPath(), $"tb-{Path.GetRandomFileName()[..8]}");
        Directory.CreateDirectory(FullPath, OwnerOnly);
    }

    /// <summary>Absolute.</summary>
    public string FullPath { get; }

    /// <summary>Absolute path of something inside.</summary>
    public string this[string name] => Path.Combine(FullPath, name);

    /// <summary>Makes a directory inside, mode 0700 as PostgreSQL demands it.</summary>
    public string Make(string name) => Directory.CreateDirectory(this[name], OwnerOnly).FullName;

    /// <summary>Writes a file inside.</summary>
    public string Write(string name, string content)
    {
        File.WriteAllText(this[name], content);
        return this[name];
    }

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("TOMO_BACKUP_KEEP") != "1")
            Directory.Delete(FullPath, recursive: true);
    }
}
