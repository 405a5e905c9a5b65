namespace TomoBackup.Measurements;

/// <summary>What is stored was looked at again, and the keys fit. Pure.</summary>
static class ProofPromises
{
    /// <summary>Expiry refuses a repository whose list verification is older.</summary>
    static readonly TimeSpan LongestUnverified = TimeSpan.FromDays(7);

    /// <summary>Verification for each repository, keys for the cluster.</summary>
    public static IEnumerable<PromiseVerdict> Of(PromiseSheet sheet)
    {
        foreach (var repository in sheet.Repositories)
            yield return Verified(sheet, repository.Name);

        yield return PromiseSheet.Judge(
            "keys_tried", "recovery keys were tried", sheet.Values[Measures.KeysTried],
            tried => new Judgement(
                Verdict.Held,
                $"{Readable.Age(tried.Moment!.Value, sheet.Now)}; mode {sheet.Values[Measures.KeyMode].Text}"),
            "Run 'tomo-backup key check --identity FILE' with each recovery key.");
    }

    static PromiseVerdict Verified(PromiseSheet sheet, string repository)
    {
        var deep = sheet.Values[Measures.LastDeepVerify, repository].Moment;
        var next = sheet.Repositories[0].Name == repository
            ? "Run 'tomo-backup verify'."
            : $"Run 'tomo-backup verify --repository {repository}'.";

        return PromiseSheet.Judge(
            "verified", $"verified within {LongestUnverified.Days}d", sheet.Values[Measures.LastVerify, repository],
            last =>
            {
                var age = sheet.Now - last.Moment!.Value;
                var damage = sheet.Values[Measures.LastVerifyDamage, repository].Number;
                var measured = $"{Readable.Age(last.Moment.Value, sheet.Now)}; every byte: "
                    + (deep is { } read ? Readable.Age(read, sheet.Now) : "never");

                return damage > 0
                    ? new Judgement(
                        Verdict.Missed, measured, $"it found {damage:0} things damaged", next,
                        LongestUnverified.TotalSeconds)
                    : age > LongestUnverified
                    ? new Judgement(Verdict.Missed, measured, Next: next, Limit: LongestUnverified.TotalSeconds)
                    : new Judgement(Verdict.Held, measured, Limit: LongestUnverified.TotalSeconds);
            },
            next);
    }
}
