using System.Numerics;
using CsCheck;
using TomoBackup.Postgres;

namespace TomoBackup.Tests.Postgres;

public sealed class Crc32CTests
{
    [Fact]
    public void Gives_the_check_value_of_the_standard() => Assert.Equal(0xE3069283, Crc32C.Compute("123456789"u8));

    [Fact]
    public void Gives_the_sum_that_a_manifest_of_PostgreSQL_has_for_PG_VERSION()
        => Assert.Equal(0xE27B4E99, Crc32C.Compute("18\n"u8));

    [Fact]
    public void Three_lanes_and_any_split_give_what_one_byte_after_the_other_gives()
        => Gen.Select(Gen.Byte.Array[0, 9000], Gen.Int[0, 9000]).Sample(
            (bytes, split) =>
            {
                var cut = Math.Min(split, bytes.Length);
                var expected = Crc32C.Seed;

                foreach (var value in bytes)
                    expected = BitOperations.Crc32C(expected, value);

                var halves = Crc32C.Append(Crc32C.Append(Crc32C.Seed, bytes.AsSpan(0, cut)), bytes.AsSpan(cut));
                return Crc32C.Compute(bytes) == ~expected && Crc32C.Finish(halves) == ~expected;
            },
            seed: "0N0XIzNsQ0O2",
            iter: 200);
}
