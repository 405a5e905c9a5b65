namespace TomoBackup.Tests;

public sealed class ErrorCodeTests
{
    [Fact]
    public void The_page_about_exit_codes_has_exactly_the_rows_of_the_enum()
    {
        var page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "docs/operate/exit-codes.md"));
        var first = Array.IndexOf(page, "| ---: | --- | --- |") + 1;
        var rows = page[first..].TakeWhile(line => line.StartsWith('|'));

        Assert.Equal(Enum.GetValues<ErrorCode>().Select(code => $"| {code:D} | {code} | {code.Meaning} |"), rows);
    }

    [Fact]
    public void Every_meaning_is_one_sentence_in_our_style()
        => Assert.All(Enum.GetValues<ErrorCode>(), code =>
        {
            Assert.False(char.IsUpper(code.Meaning[0]));
            Assert.False(code.Meaning.EndsWith('.'));
        });

    [Fact]
    public void No_failure_has_the_code_of_success()
        => Assert.Throws<ArgumentOutOfRangeException>(() => TomoBackupException.Create(ErrorCode.Ok, "fine"));
}
