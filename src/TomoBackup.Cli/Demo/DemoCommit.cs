using System.Globalization;
using System.Text;
using Npgsql;

namespace TomoBackup.Cli.Demo;

/// <summary>
/// One transaction of the ledger. Everything in it follows from its number, so a list of acknowledged numbers says what
/// all tables, the graph and the nearest neighbours must be.
/// </summary>
/// <param name="Sequence">Key of its ledger row, from 1.</param>
readonly record struct DemoCommit(long Sequence)
{
    /// <summary>Added to the numbers of the load, so that they never meet.</summary>
    const long Offset = 1_000_000_000;

    const string Ledger = "INSERT INTO ledger (seq, note, amount) VALUES ($1, $2, $3)";

    const string Account = "UPDATE accounts SET balance = balance + $2 WHERE id = $1";

    const string Vector = "INSERT INTO embeddings (id, embedding) VALUES ($1, $2)";

    const string Json =
        """
        INSERT INTO documents (id, body)
        VALUES ($1, jsonb_build_object('origin', 'ledger', 'seq', $2, 'note', $3))
        """;

    const string Graph =
        """
        SELECT * FROM cypher('people', $$
            MATCH (known:Person {number: $known}) CREATE (:Person {number: $number, name: $name})-[:KNOWS]->(known)
        $$, $1) AS (nothing agtype)
        """;

    /// <summary>Text of its ledger row, of varying length, so that rows do not align with pages.</summary>
    public string Note => $"entry {Sequence} {new string((char)('a' + Sequence % 26), (int)(Sequence * 7919 % 300))}";

    /// <summary>What it books to one account, from -99 to 99.</summary>
    public int Amount => (int)(Sequence * 37 % 199) - 99;

    /// <summary>True where it adds an embedding.</summary>
    public bool AddsEmbedding => Sequence % 2 == 0;

    /// <summary>True where it adds a document.</summary>
    public bool AddsDocument => Sequence % 3 == 0;

    /// <summary>True where it adds a person and whom that person knows.</summary>
    public bool AddsPerson => Sequence % 5 == 0;

    /// <summary>Key of its embedding and of its document.</summary>
    public long Key => Offset + Sequence;

    /// <summary>
    /// On one axis, and nearer to the origin with each commit: the nearest neighbours of the origin are the latest
    /// commits, newest first, whatever the load is (its vectors are about 4.6 away). One commit too many or too few
    /// changes the answer.
    /// </summary>
    public string Embedding
    {
        get
        {
            var text = new StringBuilder("[");

            for (var axis = 0; axis < DemoContent.Dimensions; axis++)
                text.Append(axis == 0 ? "" : ",").Append(
                    axis == Sequence / 2 % DemoContent.Dimensions
                        ? (1f / (1 + Sequence)).ToString("R", CultureInfo.InvariantCulture)
                        : "0");

            return text.Append(']').ToString();
        }
    }

    /// <summary>Number of the person that it adds.</summary>
    public long Person => Offset + Sequence;

    /// <summary>Number of the person whom the added one knows.</summary>
    public int Knows(DemoPlan plan) => (int)(Sequence * 17 % plan.People);

    /// <summary>What it sends to the server, as one transaction.</summary>
    public IEnumerable<(string Sql, NpgsqlParameter[] Parameters)> Statements(DemoPlan plan)
    {
        yield return (Ledger, [DemoSession.Of(Sequence), DemoSession.Of(Note), DemoSession.Of(Amount)]);
        yield return (Account, [DemoSession.Of(1 + Sequence * 7919 % plan.Accounts), DemoSession.Of(Amount)]);

        if (AddsEmbedding)
            yield return (Vector, [DemoSession.Of(Key), DemoSession.Literal(Embedding)]);

        if (AddsDocument)
            yield return (Json, [DemoSession.Of(Key), DemoSession.Of(Sequence), DemoSession.Of(Note)]);

        if (AddsPerson)
            yield return (Graph, [DemoSession.Literal(
                $$"""{"known": {{Knows(plan)}}, "number": {{Person}}, "name": "entry {{Sequence}}"}""")]);
    }
}
