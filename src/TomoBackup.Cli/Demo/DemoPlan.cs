namespace TomoBackup.Cli.Demo;

/// <summary>
/// How much data the demonstration makes. All of it follows from the seed by arithmetic that the client knows too, so
/// that what must come back is known without asking the server.
/// </summary>
sealed record DemoPlan
{
    /// <summary>What <c>--megabytes</c> says unless told otherwise.</summary>
    public const int DefaultMegabytes = 220;

    /// <summary>The least that <c>--megabytes</c> takes: below it there would hardly be an account.</summary>
    public const int LeastMegabytes = 60;

    /// <summary>Everything but the accounts: three databases of PostgreSQL's own and the other tables; measured 55.7
    /// MiB on 18.6.</summary>
    const int OtherMegabytes = 56;

    /// <summary>With the index; measured 164 on 18.6, and a little less makes it at least what was asked for.</summary>
    const int BytesPerAccount = 163;

    /// <summary>Mebibytes of all databases together, at least.</summary>
    public int Megabytes
    {
        get;
        init => field = value is >= LeastMegabytes and <= 10_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"from {LeastMegabytes} to 10000 megabytes");
    } = DefaultMegabytes;

    /// <summary>Where the data's variety comes from.</summary>
    public int Seed
    {
        get;
        init => field = value is >= 0 and < 1_000_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "a seed is from 0 to 999999");
    } = 42;

    /// <summary>Rows of <c>accounts</c>, numbered from 1.</summary>
    public int Accounts => (int)(((long)(Megabytes - OtherMegabytes) << 20) / BytesPerAccount);

    /// <summary>Rows of <c>embeddings</c> before the ledger begins; their HNSW index takes about a second.</summary>
    public int Embeddings { get; init; } = 4000;

    /// <summary>Rows of <c>documents</c> before the ledger begins.</summary>
    public int Documents { get; init; } = 40_000;

    /// <summary>Vertices of the graph before the ledger begins, numbered from 0.</summary>
    public int People { get; init; } = 5000;

    /// <summary>Whom each person knows: those with numbers this much higher, around the circle.</summary>
    public static IReadOnlyList<int> KnowsAhead { get; } = [1, 8, 29];

    /// <summary>What all accounts hold together before the ledger begins.</summary>
    public long Balance
    {
        get
        {
            var sum = 0L;

            for (var id = 1L; id <= Accounts; id++)
                sum += (id * 7919 + Seed) % 10_000; // as DemoContent computes it on the server

            return sum;
        }
    }
}
