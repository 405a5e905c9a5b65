using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>RPO and RTO: what is lost, and how long it takes to be back. Pure.</summary>
static class ObjectivePromises
{
    /// <summary>Above this share of an objective a person should look before it is missed.</summary>
    const double RiskShare = 0.8;

    const string Rehearse = "Rehearse it: 'tomo-backup restore --latest --into DIR --start' on a machine with room.";

    /// <summary>One RPO for each repository, and the RTO.</summary>
    public static IEnumerable<PromiseVerdict> Of(PromiseSheet sheet)
    {
        if (sheet.Cluster.Objectives is not { } objectives)
            yield break;

        foreach (var repository in sheet.Repositories)
            yield return Rpo(sheet, objectives, repository.Name);

        yield return Rto(sheet, objectives);
    }

    static PromiseVerdict Rpo(PromiseSheet sheet, ObjectivePolicy objectives, string repository)
    {
        var limit = objectives.Rpo.After(sheet.Now) - sheet.Now;
        var newest = sheet.Values[Measures.LatestMoment, repository];

        var promise = PromiseSheet.Judge(
            "rpo", $"RPO {objectives.Rpo}", sheet.Values[Measures.LossNow, repository],
            loss =>
            {
                var span = loss.Span!.Value;
                var verdict = VerdictOf(span, limit);

                return new Judgement(
                    verdict,
                    span == TimeSpan.Zero ? "nothing would be lost now" : $"at most {Readable.Span(span)} lost now",
                    verdict == Verdict.Held || newest.Moment is not { } moment
                        ? null
                        : $"the last moment that can be recovered is {Readable.Time(moment)}",
                    verdict == Verdict.Held ? null : ArchivePromises.LookIntoArchiving(sheet),
                    limit.TotalSeconds);
            },
            "Run 'tomo-backup backup --full'.");

        // Without the server the bound may be far too high; where even it is low enough, the promise is kept.
        return promise.Verdict == Verdict.NotMeasured
            && sheet.Values[Measures.LossBound, repository].Span is { } bound && bound <= limit
                ? promise with
                {
                    Verdict = Verdict.Held,
                    Measured = $"at most {Readable.Span(bound)} lost now",
                    Next = null,
                    Measures = [Measures.LossBound.Name],
                    Limit = limit.TotalSeconds,
                }
                : promise;
    }

    static PromiseVerdict Rto(PromiseSheet sheet, ObjectivePolicy objectives)
    {
        var limit = objectives.Rto.After(sheet.Now) - sheet.Now;
        var bytes = sheet.Values[Measures.RestoreBytes].Number;
        var now = sheet.Repositories
            .Max(repository => sheet.Values[Measures.NewestBackupHolds, repository.Name].Number);

        return PromiseSheet.Judge(
            "rto", $"RTO {objectives.Rto}", sheet.Values[Measures.RestoreTook],
            took =>
            {
                // A larger cluster takes longer; a smaller one is not counted on.
                var growth = bytes > 0 && now > bytes ? now.Value / bytes.Value : 1;
                var expected = took.Span!.Value * growth;
                var verdict = VerdictOf(expected, limit);
                var measured = $"{Readable.Span(took.Span.Value)} for {Readable.Size((long)bytes!.Value)}, "
                    + Readable.Age(sheet.Values[Measures.Restored].Moment!.Value, sheet.Now);

                return new Judgement(
                    verdict,
                    measured,
                    growth > 1 && verdict != Verdict.Held
                        ? $"{Readable.Span(expected)} expected now: the cluster has {Readable.Size((long)now!.Value)}"
                        : null,
                    verdict == Verdict.Held ? null : "Restore on a faster machine or link, or promise less.",
                    limit.TotalSeconds);
            },
            Rehearse);
    }

    static Verdict VerdictOf(TimeSpan measured, TimeSpan limit)
        => measured > limit ? Verdict.Missed : measured > limit * RiskShare ? Verdict.AtRisk : Verdict.Held;
}
