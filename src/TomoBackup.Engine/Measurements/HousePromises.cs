using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>The house around the backups: volumes, the server's settings, the policy itself. Pure.</summary>
static class HousePromises
{
    /// <summary>So long before a review is due somebody should plan it.</summary>
    static readonly TimeSpan ReviewNotice = TimeSpan.FromDays(30);

    /// <summary>This close to the alert, in percent, a volume needs a look.</summary>
    const int VolumeNotice = 5;

    /// <summary>In the order of the policy.</summary>
    public static IEnumerable<PromiseVerdict> Of(PromiseSheet sheet)
    {
        foreach (var repository in sheet.Repositories)
        {
            if (repository.Volume?.AlertAbove is { } percent)
                yield return Volume(sheet, repository, percent);

            if (repository.Volume is { Separate: true })
                yield return Separate(sheet, repository);

            if (repository.Volume is { Luks: true })
                yield return Encrypted(sheet, repository);
        }

        yield return Settings(sheet);

        if (sheet.Values[Measures.NextReview].IsKnown)
            yield return Review(sheet);
    }

    static PromiseVerdict Volume(PromiseSheet sheet, RepositoryPolicy repository, int percent)
        => PromiseSheet.Judge(
            "volume", $"volume at most {percent} % full", sheet.Values[Measures.VolumeUsed, repository.Name],
            used =>
            {
                var free = sheet.Values[Measures.VolumeFree, repository.Name].Number!.Value;
                var verdict = used.Number > percent ? Verdict.Missed
                    : used.Number > percent - VolumeNotice ? Verdict.AtRisk
                    : Verdict.Held;

                return new Judgement(
                    verdict, $"{used.Number:0.#} %, {Readable.Size((long)free)} free", null,
                    verdict == Verdict.Held ? null : "Make room, or keep less: a full volume stops archiving.",
                    percent);
            });

    static PromiseVerdict Separate(PromiseSheet sheet, RepositoryPolicy repository)
        => PromiseSheet.Judge(
            "volume_separate", "not on the data's disk", sheet.Values[Measures.VolumeSeparate, repository.Name],
            separate => separate.Text is "yes"
                ? new Judgement(Verdict.Held, "another file system")
                : new Judgement(
                    Verdict.Missed, "the same file system", "one fault takes both",
                    "Move the repository to another disk, better to another machine."));

    static PromiseVerdict Encrypted(PromiseSheet sheet, RepositoryPolicy repository)
        => PromiseSheet.Judge(
            "volume_encrypted", "LUKS under it", sheet.Values[Measures.VolumeEncrypted, repository.Name],
            encrypted => encrypted.Text is "yes"
                ? new Judgement(Verdict.Held, "every disk")
                : new Judgement(
                    Verdict.Missed, "at least one disk is not", null,
                    "Move the repository to an encrypted volume, or correct the policy."));

    static PromiseVerdict Settings(PromiseSheet sheet)
        => PromiseSheet.Judge(
            "settings", "server set up for backups", sheet.Values[Measures.SettingsDrift],
            drift => drift.Number is 0
                ? new Judgement(Verdict.Held, "as 'setup' wants them", Limit: 0)
                : new Judgement(
                    Verdict.AtRisk, $"{drift.Number:0} to change",
                    sheet.Values[Measures.FirstDrift].Text, "Run 'tomo-backup setup': it shows each statement.", 0));

    static PromiseVerdict Review(PromiseSheet sheet)
        => PromiseSheet.Judge(
            "review", "policy reviewed in time", sheet.Values[Measures.NextReview],
            due =>
            {
                var left = due.Moment!.Value.AddDays(1) - sheet.Now;
                var day = $"{sheet.Policy.Header.NextReview:yyyy-MM-dd}";

                return left < TimeSpan.Zero
                    ? new Judgement(
                        Verdict.Missed, $"was due on {day}", null,
                        "Review the policy, and set 'last_review' and 'next_review'.")
                    : new Judgement(left < ReviewNotice ? Verdict.AtRisk : Verdict.Held, $"due on {day}");
            });
}
