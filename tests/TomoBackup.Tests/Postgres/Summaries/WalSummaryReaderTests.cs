using CsCheck;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Summaries;

namespace TomoBackup.Tests.Postgres.Summaries;

public sealed class WalSummaryReaderTests
{
    static readonly RelationForkId Table = new(1663, 5, 16384, RelationFork.Main);

    static readonly Gen<SummaryEntry> Entry =
        Gen.Select(
            Gen.Select(Gen.UInt[1663, 1665], Gen.UInt[0, 3], Gen.UInt[0, 4], Gen.Enum<RelationFork>()),
            Gen.OneOf(Gen.Const((uint?)null), Gen.UInt[0, 140_000].Select(limit => (uint?)limit)),
            Gen.OneOf(Gen.UInt[0, 140_000].Array[0, 30], Dense()))
            .Select((id, limit, blocks) => new SummaryEntry(
                new RelationForkId(id.Item1, id.Item2, id.Item3, id.Item4), limit, new HashSet<uint>(blocks)));

    [Fact]
    public void Says_of_several_summaries_what_was_written_into_any_of_them()
        => Entry.Array[0, 6].Array[1, 3].Sample(
            summaries =>
            {
                var changes = new ChangedBlocks();

                foreach (var entries in summaries)
                    WalSummaryReader.Read(SummaryBytes.Write(entries), changes);

                var expected = summaries.SelectMany(entries => entries).ToLookup(entry => entry.Fork);
                Assert.Equal(expected.Count, changes.Count);

                foreach (var fork in expected)
                {
                    var found = changes.Find(fork.Key)!;
                    var limit = fork.Min(entry => entry.Limit ?? uint.MaxValue);
                    Assert.Equal(limit, found.Limit);
                    Assert.Equal(
                        fork.SelectMany(entry => entry.Blocks).Where(block => block < limit).Distinct().Order(),
                        found.Between(0, Math.Min(limit, 300_000)));
                }
            },
            seed: "0000KOIikJQ4",
            iter: 60);

    [Fact]
    public void A_database_that_was_made_or_dropped_is_new_as_a_whole_in_its_tablespace()
    {
        var changes = Read(new SummaryEntry(new RelationForkId(1663, 16500, 0, RelationFork.Main), 0, Blocks()));

        Assert.True(changes.IsNewDatabase(1663, 16500));
        Assert.False(changes.IsNewDatabase(1663, 16501));
        Assert.False(changes.IsNewDatabase(16400, 16500));
    }

    [Fact]
    public void The_smallest_summary_says_nothing()
    {
        var bytes = SummaryBytes.Write([]);

        Assert.Equal(32, bytes.Length);
        Assert.Equal(0, Read(bytes).Count);
    }

    [Fact]
    public void Refuses_each_cut_each_flipped_bit_and_whatever_is_appended()
    {
        var whole = SummaryBytes.Write(
        [
            new SummaryEntry(Table, 70_000, Blocks(0, 5, 65_535, 65_536, 69_999)),
            new SummaryEntry(Table with { Fork = RelationFork.VisibilityMap }, null, Blocks(0)),
        ]);
        Assert.Equal(2, Read(whole).Count);

        for (var length = 0; length < whole.Length; length++)
            Refuses(whole[..length]);

        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var flipped = whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Refuses(flipped);
        }

        Refuses([.. whole, 0]);
        Refuses([.. whole, .. whole]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void Refuses_a_fork_that_PostgreSQL_does_not_have(int fork)
        => RefusesWith(bytes => SummaryBytes.Head(bytes, Table, fork, 0, 0));

    [Fact]
    public void Refuses_what_has_a_right_checksum_and_no_sense()
    {
        // More chunks than a fork can have.
        RefusesWith(bytes => SummaryBytes.Head(bytes, Table, 0, 0, 65_537));

        // A chunk that has more words than a bitmap.
        RefusesWith(bytes =>
        {
            SummaryBytes.Head(bytes, Table, 0, 0, 1);
            SummaryBytes.Add16(bytes, 4_097);
            bytes.AddRange(new byte[2 * 4_097]);
        });

        // A chunk that is not there.
        RefusesWith(bytes =>
        {
            SummaryBytes.Head(bytes, Table, 0, 0, 1);
            SummaryBytes.Add16(bytes, 100);
        });

        // No end mark.
        var unfinished = new List<byte>();
        SummaryBytes.Add32(unfinished, 0x652B137B);
        SummaryBytes.Head(unfinished, Table, 0, 0, 0);
        Refuses(SummaryBytes.Finish(unfinished, endMark: false));

        // Something behind the end mark.
        RefusesWith(bytes => bytes.AddRange(new byte[25]));
    }

    static Gen<uint[]> Dense()
        => Gen.Select(Gen.UInt[0, 131_000], Gen.UInt[3_000, 9_000])
            .Select((first, count) => Enumerable.Range((int)first, (int)count).Select(block => (uint)block).ToArray());

    static void RefusesWith(Action<List<byte>> content)
    {
        var bytes = new List<byte>();
        SummaryBytes.Add32(bytes, 0x652B137B);
        content(bytes);
        Refuses(SummaryBytes.Finish(bytes));
    }

    static void Refuses(byte[] bytes) => Assert.Throws<PostgresFormatException>(() => Read(bytes));

    static ChangedBlocks Read(params SummaryEntry[] entries) => Read(SummaryBytes.Write(entries));

    static ChangedBlocks Read(byte[] bytes)
    {
        var changes = new ChangedBlocks();
        WalSummaryReader.Read(bytes, changes);
        return changes;
    }

    static HashSet<uint> Blocks(params uint[] blocks) => [.. blocks];
}
