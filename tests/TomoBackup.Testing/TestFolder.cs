namespace TomoBackup.Testing;

/// <summary>
/// A folder of one test, with a short name because sockets stand in it, removed with all that is in it afterwards.
/// <c>TOMO_BACKUP_KEEP=1</c> keeps it, for a look at what went wrong.
/// </summary>
public sealed class TestFolder : IDisposable
{
    const string MemoryFolder = "/dev/shm";
    const int MostTries = 100;

    /// <summary>In the folder for temporary files.</summary>
    public TestFolder()
        : this(Directory.CreateTempSubdirectory("tb-").FullName)
    {
    }

    TestFolder(string path) => FullPath = path;

    /// <summary>Absolute; mode 0700.</summary>
    public string FullPath { get; }

    /// <summary>In memory where the machine has a place for that: for tests that sync thousands of files.</summary>
    public static TestFolder InMemory()
        => Directory.Exists(MemoryFolder)
            ? new TestFolder(Directory.CreateDirectory(
                $"{MemoryFolder}/tb-{Guid.NewGuid():N}",
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName)
            : new TestFolder();

    /// <summary>Absolute path of something inside.</summary>
    public string this[string name] => Path.Combine(FullPath, name);

    /// <summary>Makes a directory inside.</summary>
    public string Make(string name) => Directory.CreateDirectory(this[name]).FullName;

    /// <summary>Writes a file inside.</summary>
    public string Write(string name, string content)
    {
        File.WriteAllText(this[name], content);
        return this[name];
    }

    /// <summary>Writes a file that its owner alone can read.</summary>
    public string WritePrivate(string name, string content)
    {
        Write(name, content);
        File.SetUnixFileMode(this[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return this[name];
    }

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("TOMO_BACKUP_KEEP") == "1")
            return;

        for (var tries = 1; ; tries++)
        {
            try
            {
                Directory.Delete(FullPath, recursive: true);
                return;
            }
            catch (IOException) when (tries < MostTries)
            {
                // A process that works ahead of PostgreSQL's calls lives a moment longer than the server.
                SpinWait.SpinUntil(static () => false, TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
