namespace TomoBackup.Tests.Architecture;

/// <summary>
/// The project's own files: those of <c>TOMO_BACKUP_SOURCE</c>, where <c>./test</c> stages what another user may read,
/// else those around the folder that the tests were built into. Without them these tests fail; they never pass unseen.
/// </summary>
static class SourceTree
{
    const string Variable = "TOMO_BACKUP_SOURCE";
    const string Mark = "TomoBackup.slnx";

    static readonly HashSet<string> NotOurs = [".git", ".vs", ".idea", "artifacts", "bin", "obj", "__pycache__"];
    static readonly Lazy<string> LazyRoot = new(FindRoot);
    static readonly Lazy<IReadOnlyList<string>> LazyFiles = new(() => [.. Walk("").Order(StringComparer.Ordinal)]);

    static readonly Lazy<IReadOnlyList<CSharpFile>> LazyCode = new(
        () => [.. Files.Where(path => path.EndsWith(".cs", StringComparison.Ordinal)).Select(Parse)]);

    /// <summary>Every file, relative to the root.</summary>
    public static IReadOnlyList<string> Files => LazyFiles.Value;

    /// <summary>All C# of the project, parsed once for all tests.</summary>
    public static IReadOnlyList<CSharpFile> Code => LazyCode.Value;

    /// <summary>The C# that is shipped.</summary>
    public static IEnumerable<CSharpFile> Source => Code.Where(file => file.IsBelow("src"));

    public static string Read(string path) => File.ReadAllText(Path.Combine(LazyRoot.Value, path));

    /// <summary>Where a file lies on this machine.</summary>
    public static string PathOf(string path) => Path.Combine(LazyRoot.Value, path);

    public static byte[] ReadBytes(string path) => File.ReadAllBytes(Path.Combine(LazyRoot.Value, path));

    public static bool Exists(string path)
        => Path.Combine(LazyRoot.Value, path) is var full && (File.Exists(full) || Directory.Exists(full));

    static CSharpFile Parse(string path) => new(path, Read(path));

    static IEnumerable<string> Walk(string folder)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(LazyRoot.Value, folder)).EnumerateFileSystemInfos())
        {
            if (NotOurs.Contains(entry.Name) || entry.LinkTarget is not null)
                continue;

            var path = folder.Length > 0 ? $"{folder}/{entry.Name}" : entry.Name;

            if (entry is FileInfo)
                yield return path;
            else
                foreach (var below in Walk(path))
                    yield return below;
        }
    }

    static string FindRoot()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(Path.Combine(named, Mark))
                ? named
                : throw new DirectoryNotFoundException($"{Variable} names '{named}', which has no '{Mark}'");

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Mark)))
                return folder.FullName;

        throw new DirectoryNotFoundException(
            $"no folder with '{Mark}' above '{AppContext.BaseDirectory}': name the source tree in {Variable}");
    }
}
