using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Retention;

namespace TomoBackup.Tests.Retention;

public sealed class BackupRulesTests
{
    /// <summary>A Wednesday.</summary>
    static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(2, null, "0d 1d")]
    [InlineData(null, "2d", "0d 1d 2d")]
    [InlineData(1, "1d", "0d 1d")]
    [InlineData(null, "1mo", "0d 1d 2d 5d 9d")]
    public void Keeps_by_count_and_by_age(int? count, string? age, string expected)
        => Keeps(new RetentionRule { Count = count, Age = Read(age) }, expected);

    [Theory]
    [InlineData(3, null, null, null, "0d 1d 2d")]
    [InlineData(null, 2, null, null, "0d 5d")]
    [InlineData(null, null, 2, null, "0d 5d")]
    [InlineData(null, null, 3, null, "0d 5d 40d")]
    [InlineData(null, null, null, 2, "0d 70d")]
    [InlineData(1, 2, 3, 1, "0d 5d 40d")]
    public void Keeps_the_newest_of_days_weeks_from_Monday_months_and_years(
        int? daily, int? weekly, int? monthly, int? yearly, string expected)
        => Keeps(
            new RetentionRule { Daily = daily, Weekly = weekly, Monthly = monthly, Yearly = yearly }, expected);

    [Fact]
    public void A_damaged_backup_is_looked_at_as_long_as_its_age_allows_but_counts_for_nothing()
    {
        var backups = new[] { Backup(0, isGood: false), Backup(1), Backup(2) };

        Assert.Equal("1d 2d", Kept(new RetentionRule { Count = 2 }, backups));
        Assert.Equal("1d", Kept(new RetentionRule { Daily = 1 }, backups));
        Assert.Equal("0d 1d", Kept(new RetentionRule { Age = new(1, DurationUnit.Days) }, backups));
    }

    [Fact]
    public void A_rule_is_told_as_it_is_written()
    {
        Assert.Equal("all", BackupRules.Describe(RetentionRule.Everything));
        Assert.Equal(
            "age 30d, count 7, weekly 4",
            BackupRules.Describe(new RetentionRule { Age = new(30, DurationUnit.Days), Count = 7, Weekly = 4 }));
    }

    static void Keeps(RetentionRule rule, string expected)
        => Assert.Equal(expected, Kept(rule, [.. new[] { 70, 40, 9, 5, 2, 1, 0 }.Select(d => Backup(d))]));

    static string Kept(RetentionRule rule, IReadOnlyList<KnownBackup> backups)
        => string.Join(' ', BackupRules.Apply(rule, backups, Now).Select(g => g.Key).Order(StringComparer.Ordinal)
            .OrderBy(id => int.Parse(id[..^1], System.Globalization.CultureInfo.InvariantCulture)));

    static KnownBackup Backup(int days, bool isGood = true) => new(
        $"{days}d", $"{days}d", true, isGood, Now.AddDays(-days), 1, new Lsn(100), new Lsn(200), [], 1);

    static Duration? Read(string? text) => Duration.TryParse(text, out var duration) ? duration : null;
}
