using CsCheck;
using TomoBackup.Backups.Changes;

namespace TomoBackup.Tests.Backups.Changes;

public sealed class BlockRangeTests
{
    [Fact]
    public void Ranges_are_the_same_blocks_and_never_touch()
        => Gen.UInt[0, 60].Array[0, 40].Sample(
            blocks =>
            {
                var ascending = blocks.Distinct().Order().ToList();
                var ranges = BlockRange.Of(ascending);

                Assert.Equal(ascending, ranges.SelectMany(Blocks));
                Assert.All(ranges.Zip(ranges.Skip(1)), pair
                    => Assert.True(pair.First.First + pair.First.Count < pair.Second.First));
            },
            seed: "0000KOIikJQ4",
            iter: 2_000);

    static IEnumerable<uint> Blocks(BlockRange range)
        => Enumerable.Range(0, (int)range.Count).Select(i => range.First + (uint)i);
}
