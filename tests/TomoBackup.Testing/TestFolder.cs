namespace TomoBackup.Testing;

/// <summary>
/// A folder of one test, with a short name because sockets stand in it, removed with all that is in it afterwards.
/// <c>TOMO_BACKUP_KEEP=1</c> keeps it, for a look at what went wrong.
/// </summary>
public sealed class TestFolder : IDisposable
{
    /// <summary>Absolute; mode 0700.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory("tb-").FullName;

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

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("TOMO_BACKUP_KEEP") != "1")
            Directory.Delete(FullPath, recursive: true);
    }
}
