using CsCheck;
using TomoBackup.Postgres;
using TomoBackup.Repositories.FileList;

namespace TomoBackup.Tests.Repositories.FileList;

public sealed class JoinedChecksumTests
{
    [Fact]
    public void Is_the_checksum_of_all_pieces_joined()
        => Gen.Byte.Array[0, 300].Array[0, 6].Sample(
            pieces =>
            {
                var joined = default(JoinedChecksum);

                foreach (var piece in pieces)
                    joined.Append(Crc32C.Compute(piece), piece.Length);

                byte[] whole = [.. pieces.SelectMany(p => p)];
                return joined.Value == Crc32C.Compute(whole) && joined.Length == whole.Length;
            },
            seed: "0N0XIzNsQ0O2",
            iter: 2_000);

    [Fact]
    public void Holds_for_frames_of_the_usual_length()
    {
        var whole = new byte[(3 * 262_144) + 17];

        for (var i = 0; i < whole.Length; i++)
            whole[i] = (byte)(i * 31 / 7);

        var joined = default(JoinedChecksum);

        foreach (var frame in whole.Chunk(262_144))
            joined.Append(Crc32C.Compute(frame), frame.Length);

        Assert.Equal(Crc32C.Compute(whole), joined.Value);
    }
}
