namespace TomoBackup.Cli.Demo;

/// <summary>What a cluster of the demonstration holds, or has to hold, in the terms that an application cares
/// about.</summary>
sealed record DemoState
{
    /// <summary>Rows of the ledger by number, read from the table itself.</summary>
    public required IReadOnlyDictionary<long, DemoEntry> Ledger { get; init; }

    /// <summary>Counts, sums and fingerprints by name (<see cref="DemoFigure"/>). What is not noted is not
    /// compared.</summary>
    public required IReadOnlyDictionary<string, string> Figures { get; init; }

    /// <summary>Numbers of the documents that the ledger added, found through the GIN index.</summary>
    public required IReadOnlyList<long> Documents { get; init; }

    /// <summary>Answers of the chosen MATCH: whom the people that the ledger added know at one remove, as
    /// <c>person → person</c>.</summary>
    public required IReadOnlyList<string> Match { get; init; }

    /// <summary>Keys of the embeddings next to the origin, nearest first, by comparing with each.</summary>
    public required IReadOnlyList<long> NearestByScan { get; init; }

    /// <summary>The same through the HNSW index.</summary>
    public required IReadOnlyList<long> NearestByIndex { get; init; }
}

/// <summary>A row of the ledger.</summary>
readonly record struct DemoEntry(string Note, int Amount);

/// <summary>Names of figures, as they stand in the report of a difference.</summary>
static class DemoFigure
{
    /// <summary>Rows of the ledger through its primary key.</summary>
    public const string LedgerByKey = "count of ledger rows through the primary key";

    /// <summary>Rows of accounts.</summary>
    public const string Accounts = "count of accounts";

    /// <summary>What they hold together.</summary>
    public const string Balance = "sum of balances";

    /// <summary>Rows of embeddings.</summary>
    public const string Embeddings = "count of embeddings";

    /// <summary>Rows of documents.</summary>
    public const string Documents = "count of documents";

    /// <summary>Vertices of the graph.</summary>
    public const string Vertices = "count of vertices";

    /// <summary>Edges of the graph.</summary>
    public const string Edges = "count of edges";

    /// <summary>Which indexes answered; a planner that goes around a lost index would hide the loss.</summary>
    public const string IndexesUsed = "indexes in use";

    /// <summary>Sum over a hash of each row's text.</summary>
    public static string Fingerprint(string table) => $"fingerprint of {table}";
}
