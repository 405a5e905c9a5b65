using System.Globalization;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>How moments are written, and answers read.</summary>
static class Words
{
    public static string Of(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    extension(PostgresInstallation installation)
    {
        public string ProgramFolder() => Path.GetDirectoryName(installation.BinaryFor("postgres"))!;
    }

    extension(ProcessResult result)
    {
        /// <summary>One sentence that says this, and one hint that says that: nothing more is on standard error, and
        /// nothing at all on standard output.</summary>
        public void Refuses(string sentence, string hint)
        {
            var lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length == 2, $"not a sentence and a hint:\n{result.Errors}");
            Assert.StartsWith("error: ", lines[0], StringComparison.Ordinal);
            Assert.Contains(sentence, lines[0], StringComparison.Ordinal);
            Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
            Assert.Contains(hint, lines[1], StringComparison.Ordinal);
            Assert.Empty(result.Output);
        }
    }
}
