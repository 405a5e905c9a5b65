using TomoBackup.Tests.Architecture;

namespace TomoBackup.Tests.Policies;

/// <summary>A file of the project that is made from code: with <c>TOMO_BACKUP_APPROVE=1</c> it is written, else
/// compared.</summary>
static class GeneratedText
{
    /// <summary>Fails where the file, or its part between two marks, is not what the code makes of it.</summary>
    public static void Verify(string path, string text, string begin = "", string end = "")
    {
        var file = SourceTree.Exists(path) ? SourceTree.Read(path) : "";
        var first = begin.Length is 0 ? 0 : file.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var last = end.Length is 0 ? file.Length : file.IndexOf(end, StringComparison.Ordinal);

        if (Environment.GetEnvironmentVariable("TOMO_BACKUP_APPROVE") is "1")
            File.WriteAllText(SourceTree.PathOf(path), file[..first] + text + file[last..]);
        else
            Assert.True(
                file[first..last] == text,
                $"'{path}' is not what the declaration says; write it anew with TOMO_BACKUP_APPROVE=1");
    }
}
