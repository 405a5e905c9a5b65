using System.Globalization;
using TomoBackup.Policies;

namespace TomoBackup.Retention;

/// <summary>Which backups a rule keeps. Age counts for all, so that a damaged backup can be looked at; everything else
/// counts good ones only, for a damaged one must never push a good one out. Pure.</summary>
static class BackupRules
{
    /// <summary>The reasons by which the rule keeps each backup; a backup that it does not keep is not in it.</summary>
    public static ILookup<string, Ground> Apply(
        RetentionRule rule, IReadOnlyList<KnownBackup> backups, DateTimeOffset now)
    {
        var kept = new List<(string Id, Ground Ground)>();

        if (rule.Forever)
            kept.AddRange(backups.Select(b => (b.Id, new Ground(GroundKind.KeptForever))));

        if (rule.Age is { } age)
            kept.AddRange(backups.Where(b => b.Stopped >= age.Before(now))
                .Select(b => (b.Id, new Ground(GroundKind.WithinAge, age.ToString()))));

        var newestFirst = backups.Where(b => b.IsGood)
            .OrderByDescending(b => b.Stopped).ThenByDescending(b => b.Id, StringComparer.Ordinal).ToList();

        foreach (var part in RetentionCalendar.Parts(rule, newestFirst, b => b.Stopped))
            kept.AddRange(part.Kept.Select(b => (b.Id, part.Name is RetentionCalendar.Newest
                ? new Ground(GroundKind.AmongNewest, Text(part.Wanted))
                : new Ground(GroundKind.NewestOfPeriod, part.Name))));

        return kept.ToLookup(k => k.Id, k => k.Ground, StringComparer.Ordinal);
    }

    /// <summary>The rule as a person would say it.</summary>
    public static string Describe(RetentionRule rule)
    {
        if (rule.Forever)
            return "all";

        (string Name, string? Value)[] parts =
        [
            ("age", rule.Age?.ToString()), ("count", Text(rule.Count)), ("daily", Text(rule.Daily)),
            ("weekly", Text(rule.Weekly)), ("monthly", Text(rule.Monthly)), ("yearly", Text(rule.Yearly)),
        ];

        return string.Join(", ", parts.Where(p => p.Value is not null).Select(p => $"{p.Name} {p.Value}"));
    }

    static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    static string? Text(int? count) => count is { } known ? Text(known) : null;
}
