using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TomoBackup.Postgres.Pages;

/// <summary>
/// The checksum of a data page (checksum_impl.h): 32 interleaved FNV-1a-like sums over the columns of a 32 word wide
/// table, two rounds of zeros to mix, all joined by XOR with the block number, reduced to 1…65535.
/// </summary>
public static class PageChecksum
{
    const int Columns = 32;
    const uint Prime = 16777619;

    /// <summary>The stored checksum counts as zero: it is the low half of the third word.</summary>
    const uint ChecksumWordMask = 0xFFFF_0000;

    static ReadOnlySpan<uint> Seeds =>
    [
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
    ];

    /// <summary>
    /// The checksum that belongs into the page. The block number counts from the start of the fork, not of the
    /// segment file: <c>segment × blocks per segment + block in file</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The length is no page size of PostgreSQL (1 to 32 KiB).</exception>
    public static ushort Compute(ReadOnlySpan<byte> page, uint blockInFork)
    {
        if (page.Length is not (1024 or 2048 or 4096 or 8192 or 16384 or 32768))
            throw new ArgumentException($"a page of {page.Length} bytes does not exist", nameof(page));

        var joined = Avx2.IsSupported ? JoinWide(page) : JoinNarrow(page);
        return (ushort)(((joined ^ blockInFork) % 65535) + 1);
    }

    /// <summary>
    /// Four vectors of eight sums: enough independent chains to hide the latency of the multiplication. Written with
    /// the processor's own instructions, since ahead-of-time code asks for them when it runs but takes the portable
    /// 256-bit operations apart.
    /// </summary>
    static uint JoinWide(ReadOnlySpan<byte> page)
    {
        ref var words = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, uint>(page));
        ref var seeds = ref MemoryMarshal.GetReference(Seeds);
        var a = Vector256.LoadUnsafe(ref seeds, 0);
        var b = Vector256.LoadUnsafe(ref seeds, 8);
        var c = Vector256.LoadUnsafe(ref seeds, 16);
        var d = Vector256.LoadUnsafe(ref seeds, 24);
        var mask = Vector256.Create(
            Vector128.Create(uint.MaxValue, uint.MaxValue, ChecksumWordMask, uint.MaxValue),
            Vector128<uint>.AllBitsSet);

        for (nuint at = 0; at < (nuint)(page.Length / sizeof(uint)); at += Columns)
        {
            a = Round(a, Avx2.And(Vector256.LoadUnsafe(ref words, at), mask));
            b = Round(b, Vector256.LoadUnsafe(ref words, at + 8));
            c = Round(c, Vector256.LoadUnsafe(ref words, at + 16));
            d = Round(d, Vector256.LoadUnsafe(ref words, at + 24));
            mask = Vector256<uint>.AllBitsSet;
        }

        var joined = Avx2.Xor(Avx2.Xor(Mix(a), Mix(b)), Avx2.Xor(Mix(c), Mix(d)));
        return Join(joined.GetLower() ^ joined.GetUpper());
    }

    /// <summary>The same in vectors of four sums, for processors without 256-bit registers.</summary>
    internal static uint JoinNarrow(ReadOnlySpan<byte> page)
    {
        ref var words = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, uint>(page));
        ref var seeds = ref MemoryMarshal.GetReference(Seeds);
        var joined = Vector128<uint>.Zero;

        for (nuint column = 0; column < Columns; column += 16)
        {
            var a = Vector128.LoadUnsafe(ref seeds, column);
            var b = Vector128.LoadUnsafe(ref seeds, column + 4);
            var c = Vector128.LoadUnsafe(ref seeds, column + 8);
            var d = Vector128.LoadUnsafe(ref seeds, column + 12);
            var mask = Vector128.Create(
                uint.MaxValue, uint.MaxValue, column == 0 ? ChecksumWordMask : uint.MaxValue, uint.MaxValue);

            for (var at = column; at < (nuint)(page.Length / sizeof(uint)); at += Columns)
            {
                a = Round(a, Vector128.LoadUnsafe(ref words, at) & mask);
                b = Round(b, Vector128.LoadUnsafe(ref words, at + 4));
                c = Round(c, Vector128.LoadUnsafe(ref words, at + 8));
                d = Round(d, Vector128.LoadUnsafe(ref words, at + 12));
                mask = Vector128<uint>.AllBitsSet;
            }

            joined ^= Mix(a) ^ Mix(b) ^ Mix(c) ^ Mix(d);
        }

        return Join(joined);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Round(Vector256<uint> sums, Vector256<uint> words)
    {
        var mixed = Avx2.Xor(sums, words);
        return Avx2.Xor(Avx2.MultiplyLow(mixed, Vector256.Create(Prime)), Avx2.ShiftRightLogical(mixed, 17));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Round(Vector128<uint> sums, Vector128<uint> words)
    {
        var mixed = sums ^ words;
        return (mixed * Vector128.Create(Prime)) ^ (mixed >>> 17);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Mix(Vector256<uint> sums)
        => Round(Round(sums, Vector256<uint>.Zero), Vector256<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Mix(Vector128<uint> sums)
        => Round(Round(sums, Vector128<uint>.Zero), Vector128<uint>.Zero);

    static uint Join(Vector128<uint> sums) => sums[0] ^ sums[1] ^ sums[2] ^ sums[3];
}
