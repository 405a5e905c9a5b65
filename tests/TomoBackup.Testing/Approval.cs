using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace TomoBackup.Testing;

/// <summary>
/// Compares what people see with what a person approved: <c>name.approved.txt</c> beside the test, copied to the
/// output so that no source tree is needed. To approve a change, run the test with <c>TOMO_BACKUP_APPROVE=1</c> and
/// read the difference before committing it.
/// </summary>
public static class Approval
{
    const string Variable = "TOMO_BACKUP_APPROVE";

    /// <summary>Fails with a difference where the text is not the approved one.</summary>
    /// <param name="text">What the program wrote; line ends are those of Unix.</param>
    /// <param name="name">Name of the approved file, without its ending.</param>
    /// <param name="testFile">The compiler's: path of the test's source.</param>
    public static void Verify(string text, string name, [CallerFilePath] string testFile = "")
    {
        var received = text.TrimEnd('\n') + "\n";

        if (Environment.GetEnvironmentVariable(Variable) is "1")
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(testFile)!, $"{name}.approved.txt"), received);
            return;
        }

        var approvedFile = Path.Combine(AppContext.BaseDirectory, RoomOf(testFile), $"{name}.approved.txt");
        var approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile) : "";

        if (approved == received)
            return;

        var folder = Directory.CreateTempSubdirectory("tomo-approval-").FullName;
        var receivedFile = Path.Combine(folder, $"{name}.received.txt");
        File.WriteAllText(receivedFile, received);

        Assert.Fail(
            $"'{name}' is not as approved; received: {receivedFile}\n"
            + $"approve with {Variable}=1 after reading:\n{Difference(approved, received)}");
    }

    // The folder of the test below its project, which is also where its approved files are copied to.
    static string RoomOf(string testFile)
    {
        var parts = testFile.Replace('\\', '/').Split('/');
        var tests = Array.LastIndexOf(parts, "tests");

        return tests >= 0 && tests + 2 < parts.Length
            ? Path.Combine(parts[(tests + 2)..^1])
            : throw new ArgumentException($"'{testFile}' is not below tests/<project>", nameof(testFile));
    }

    static string Difference(string approved, string received)
    {
        var before = approved.Split('\n');
        var after = received.Split('\n');
        var shorter = Math.Min(before.Length, after.Length);
        var head = 0;
        var tail = 0;

        while (head < shorter && before[head] == after[head])
            head++;

        while (tail < shorter - head && before[^(tail + 1)] == after[^(tail + 1)])
            tail++;

        var text = new StringBuilder($"@@ line {head + 1} @@\n");

        foreach (var line in before[Math.Max(0, head - 2)..head])
            text.Append($"  {line}\n");

        foreach (var line in before[head..^tail])
            text.Append($"- {line}\n");

        foreach (var line in after[head..^tail])
            text.Append($"+ {line}\n");

        return text.ToString();
    }
}
