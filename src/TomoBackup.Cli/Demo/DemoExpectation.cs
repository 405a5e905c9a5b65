using System.Globalization;

namespace TomoBackup.Cli.Demo;

/// <summary>Works out what a cluster must hold from the plan of the load and the acknowledged commits. Pure.</summary>
static class DemoExpectation
{
    /// <summary>How many nearest neighbours are asked for.</summary>
    public const int Neighbours = 10;

    /// <summary>The state behind exactly these commits, in whatever order they came.</summary>
    public static DemoState Of(DemoPlan plan, IReadOnlyCollection<DemoCommit> commits)
    {
        var embeddings = commits.Where(static commit => commit.AddsEmbedding).ToList();
        var documents = commits.Where(static commit => commit.AddsDocument).ToList();
        var people = commits.Where(static commit => commit.AddsPerson).ToList();
        var nearest = embeddings.Select(static commit => commit.Key).OrderDescending().Take(Neighbours).ToList();

        return new DemoState
        {
            Ledger = commits.ToDictionary(
                static commit => commit.Sequence, static commit => new DemoEntry(commit.Note, commit.Amount)),
            Figures = new Dictionary<string, string>
            {
                [DemoFigure.LedgerByKey] = Text(commits.Count),
                [DemoFigure.Accounts] = Text(plan.Accounts),
                [DemoFigure.Balance] = Text(plan.Balance + commits.Sum(static commit => (long)commit.Amount)),
                [DemoFigure.Embeddings] = Text(plan.Embeddings + embeddings.Count),
                [DemoFigure.Documents] = Text(plan.Documents + documents.Count),
                [DemoFigure.Vertices] = Text(plan.People + people.Count),
                [DemoFigure.Edges] = Text((plan.People * DemoPlan.KnowsAhead.Count) + people.Count),
                [DemoFigure.IndexesUsed] = DemoStateReader.Indexes,
            },
            Documents = [.. documents.Select(static commit => commit.Sequence).Order()],
            Match = [.. people.SelectMany(commit => Match(plan, commit)).Order(StringComparer.Ordinal)],
            NearestByScan = nearest,
            NearestByIndex = nearest,
        };
    }

    /// <summary>Adds the figures of the live server that the client cannot work out, noted while nothing was
    /// written.</summary>
    public static DemoState WithWhatOnlyTheServerKnew(DemoState known, DemoState held)
        => known with
        {
            Figures = held.Figures
                .Where(figure => !known.Figures.ContainsKey(figure.Key))
                .Concat(known.Figures)
                .ToDictionary(),
        };

    static IEnumerable<string> Match(DemoPlan plan, DemoCommit commit)
        => DemoPlan.KnowsAhead.Select(
            ahead => Answer(commit.Person, (commit.Knows(plan) + ahead) % plan.People));

    /// <summary>One answer of the MATCH.</summary>
    public static string Answer(long person, long known)
        => string.Create(CultureInfo.InvariantCulture, $"{person} → {known}");

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
