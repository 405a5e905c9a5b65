using CsCheck;
using TomoBackup.Postgres.Summaries;

namespace TomoBackup.Tests.Postgres.Summaries;

/// <summary>Blocks of a fork against a plain set.</summary>
public sealed class ChangedForkTests
{
    /// <summary>Where words and chunks begin and end: there a set of bits goes wrong.</summary>
    static readonly uint[] Borders = [0, 62, 64, 65_534, 65_536, 131_070, 131_072, 262_140];

    static readonly Gen<uint> Block =
        Gen.Select(Gen.Int[0, Borders.Length - 1], Gen.UInt[0, 3])
            .Select((border, behind) => Borders[border] + behind);

    [Fact]
    public void Names_each_changed_block_and_all_behind_the_lowest_cut_in_order()
        => Gen.Select(Block.Array[0, 40], Block.Array[0, 2], Block, Block)
            .Sample(
                (blocks, cuts, first, end) =>
                {
                    var fork = new ChangedFork();

                    foreach (var block in blocks)
                        fork.Add(block);

                    foreach (var cut in cuts)
                        fork.Cut(cut);

                    var limit = cuts.Length == 0 ? uint.MaxValue : cuts.Min();
                    var set = new HashSet<uint>(blocks);
                    bool Expected(uint block) => block >= limit || set.Contains(block);

                    var expected = new List<uint>();

                    for (var block = first; block < end; block++)
                        if (Expected(block))
                            expected.Add(block);

                    Assert.Equal(limit, fork.Limit);
                    Assert.Equal(expected, fork.Between(first, end));
                    Assert.All(blocks.Append(first).Append(end), block
                        => Assert.Equal(Expected(block), fork.Contains(block)));
                },
                seed: "0000KOIikJQ4",
                iter: 60);

    [Fact]
    public void A_fork_that_never_shrank_has_no_limit()
    {
        var fork = new ChangedFork();

        Assert.Equal(uint.MaxValue, fork.Limit);
        Assert.Empty(fork.Between(0, 1_000_000));
        Assert.False(fork.Contains(uint.MaxValue - 1));
    }
}
