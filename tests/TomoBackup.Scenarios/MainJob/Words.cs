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
        /// <summary>The last that it says is one sentence with this, and one hint with that; before them stands at most
        /// the plan. Nothing is on standard output.</summary>
        public void Refuses(string sentence, string hint)
        {
            var lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length >= 2, $"not a sentence and a hint:\n{result.Errors}");
            Assert.StartsWith("error: ", lines[^2], StringComparison.Ordinal);
            Assert.Contains(sentence, lines[^2], StringComparison.Ordinal);
            Assert.StartsWith("hint: ", lines[^1], StringComparison.Ordinal);
            Assert.Single(lines, static line => line.StartsWith("error: ", StringComparison.Ordinal));
            Assert.Contains(hint, lines[^1], StringComparison.Ordinal);
            Assert.Empty(result.Output);
        }
    }
}
