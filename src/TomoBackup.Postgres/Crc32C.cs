using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Arm = System.Runtime.Intrinsics.Arm;

namespace TomoBackup.Postgres;

/// <summary>
/// The CRC-32C (Castagnoli) that PostgreSQL keeps in WAL records, in pg_control and in backup manifests.
/// </summary>
/// <remarks>
/// The processor's instruction takes three cycles but a new one can start in each, so long input is read in three lanes
/// whose sums are joined with tables (the method of Mark Adler's crc32c.c). One lane alone is three times slower.
/// </remarks>
public static class Crc32C
{
    const int LongLaneBytes = 1024;
    const int ShortLaneBytes = 128;

    static readonly uint[] AfterLongLane = ShiftTables(LongLaneBytes);
    static readonly uint[] AfterShortLane = ShiftTables(ShortLaneBytes);

    /// <summary>What <see cref="Append"/> starts from.</summary>
    public const uint Seed = uint.MaxValue;

    /// <summary>The finished checksum of these bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Finish(Append(Seed, bytes));

    /// <summary>The checksum that a running state stands for.</summary>
    public static uint Finish(uint state) => ~state;

    /// <summary>Takes more bytes into a running state that began as <see cref="Seed"/>.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        if (Sse42.X64.IsSupported)
            return Append<IntelStep>(state, bytes);

        return Arm.Crc32.Arm64.IsSupported
            ? Append<ArmStep>(state, bytes)
            : Append<PortableStep>(state, bytes);
    }

    static uint Append<TStep>(uint state, ReadOnlySpan<byte> bytes)
        where TStep : struct, IStep
    {
        while (bytes.Length >= 3 * LongLaneBytes)
        {
            state = ThreeLanes<TStep>(state, bytes, LongLaneBytes, AfterLongLane);
            bytes = bytes[(3 * LongLaneBytes)..];
        }

        while (bytes.Length >= 3 * ShortLaneBytes)
        {
            state = ThreeLanes<TStep>(state, bytes, ShortLaneBytes, AfterShortLane);
            bytes = bytes[(3 * ShortLaneBytes)..];
        }

        while (bytes.Length >= sizeof(ulong))
        {
            state = TStep.Take(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        if (bytes.Length >= sizeof(uint))
        {
            state = TStep.Take(state, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[sizeof(uint)..];
        }

        foreach (var value in bytes)
            state = TStep.Take(state, value);

        return state;
    }

    static uint ThreeLanes<TStep>(uint state, ReadOnlySpan<byte> bytes, int laneBytes, uint[] afterLane)
        where TStep : struct, IStep
    {
        ref var source = ref MemoryMarshal.GetReference(bytes[..(3 * laneBytes)]);
        ref var secondLane = ref Unsafe.Add(ref source, laneBytes);
        ref var thirdLane = ref Unsafe.Add(ref secondLane, laneBytes);
        uint first = state, second = 0, third = 0;

        for (nuint at = 0; at < (nuint)laneBytes; at += sizeof(ulong))
        {
            first = TStep.Take(first, Word(ref source, at));
            second = TStep.Take(second, Word(ref secondLane, at));
            third = TStep.Take(third, Word(ref thirdLane, at));
        }

        return Shift(afterLane, Shift(afterLane, first) ^ second) ^ third;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Word(ref byte source, nuint at)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref source, at));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    /// <summary>The state after one lane of zero bytes more, by one table look-up for each byte of the state.</summary>
    static uint Shift(uint[] tables, uint state)
        => tables[(byte)state]
            ^ tables[256 + (byte)(state >> 8)]
            ^ tables[512 + (byte)(state >> 16)]
            ^ tables[768 + (state >> 24)];

    /// <summary>
    /// A zero byte acts on the state as a linear map over bits: the tables hold the images of all values of each of the
    /// four bytes, joined from the images of the 32 single bits.
    /// </summary>
    static uint[] ShiftTables(int laneBytes)
    {
        var tables = new uint[4 * 256];

        for (var bit = 0; bit < 32; bit++)
        {
            var image = 1u << bit;

            for (var i = 0; i < laneBytes; i += sizeof(ulong))
                image = BitOperations.Crc32C(image, 0UL);

            var table = tables.AsSpan(bit / 8 * 256, 256);
            var mask = 1 << (bit % 8);

            for (var value = 0; value < 256; value++)
                if ((value & mask) != 0)
                    table[value] ^= image;
        }

        return tables;
    }

    /// <summary>
    /// One step by eight, four or one byte. The processor is asked once for each call, not once for each word as the
    /// portable function does in code compiled ahead of time.
    /// </summary>
    interface IStep
    {
        static abstract uint Take(uint state, ulong word);

        static abstract uint Take(uint state, uint word);

        static abstract uint Take(uint state, byte value);
    }

    readonly struct IntelStep : IStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Take(uint state, ulong word) => (uint)Sse42.X64.Crc32(state, word);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Take(uint state, uint word) => Sse42.Crc32(state, word);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Take(uint state, byte value) => Sse42.Crc32(state, value);
    }

    readonly struct ArmStep : IStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Take(uint state, ulong word) => Arm.Crc32.Arm64.ComputeCrc32C(state, word);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Take(uint state, uint word) => Arm.Crc32.ComputeCrc32C(state, word);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Take(uint state, byte value) => Arm.Crc32.ComputeCrc32C(state, value);
    }

    readonly struct PortableStep : IStep
    {
        public static uint Take(uint state, ulong word) => BitOperations.Crc32C(state, word);

        public static uint Take(uint state, uint word) => BitOperations.Crc32C(state, word);

        public static uint Take(uint state, byte value) => BitOperations.Crc32C(state, value);
    }
}
