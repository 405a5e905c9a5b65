using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TomoBackup.Codecs;

/// <summary>
/// The functions of libzstd that we use (zstd.h, stable API since 1.4). The published executable holds libzstd.a
/// itself; runs under the JIT load the system's shared library.
/// </summary>
static partial class ZstdNative
{
    const string Library = "libzstd";

    // Debian's runtime package has the name with the version only; 'libzstd.so' comes with the development package.
    const string SharedLibrary = "libzstd.so.1";

    /// <summary>ZSTD_c_compressionLevel.</summary>
    public const int CompressionLevel = 100;

    static ZstdNative()
    {
        if (RuntimeFeature.IsDynamicCodeSupported)
            NativeLibrary.SetDllImportResolver(typeof(ZstdNative).Assembly, Resolve);
    }

    public static ZstdCompressionContext CreateCompressionContext() => ZSTD_createCCtx();

    public static ZstdDecompressionContext CreateDecompressionContext() => ZSTD_createDCtx();

    /// <summary>Turns zstd's error range into an exception; what is no error is a count of bytes.</summary>
    public static int Check(nuint result, CodecFailure failure)
        => ZSTD_isError(result) == 0
            ? checked((int)result)
            : throw new CodecException(
                failure,
                $"zstd failed: {Marshal.PtrToStringUTF8(ZSTD_getErrorName(result))?.ToLowerInvariant()}");

    static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path)
        => name == Library ? NativeLibrary.Load(SharedLibrary, assembly, path) : 0;

    [LibraryImport(Library)]
    private static partial ZstdCompressionContext ZSTD_createCCtx();

    [LibraryImport(Library)]
    private static partial ZstdDecompressionContext ZSTD_createDCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_setParameter(ZstdCompressionContext context, int parameter, int value);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_compress2(
        ZstdCompressionContext context,
        Span<byte> target,
        nuint targetSize,
        ReadOnlySpan<byte> source,
        nuint sourceSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_decompressDCtx(
        ZstdDecompressionContext context,
        Span<byte> target,
        nuint targetSize,
        ReadOnlySpan<byte> source,
        nuint sourceSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_findFrameCompressedSize(ReadOnlySpan<byte> source, nuint sourceSize);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint result);

    [LibraryImport(Library)]
    private static partial nint ZSTD_getErrorName(nuint result);
}

/// <summary>Owns a ZSTD_CCtx.</summary>
sealed class ZstdCompressionContext() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeCCtx(handle) == 0;
}

/// <summary>Owns a ZSTD_DCtx.</summary>
sealed class ZstdDecompressionContext() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeDCtx(handle) == 0;
}
