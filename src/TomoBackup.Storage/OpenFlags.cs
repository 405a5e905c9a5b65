using System.Runtime.InteropServices;

namespace TomoBackup.Storage;

/// <summary>Flags of open(2): most are the same everywhere on Linux, two differ between x86-64 and ARM64.</summary>
static class OpenFlags
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;

    /// <summary>Keeps the opening of a pipe from waiting for its other end; means nothing to a regular file.</summary>
    public const int NoWait = 0x800;

    // asm-generic/fcntl.h against arch/arm64/include/uapi/asm/fcntl.h
    public static readonly int Directory = IsArm64 ? 0x4000 : 0x10000;
    public static readonly int NoFollow = IsArm64 ? 0x8000 : 0x20000;

    static bool IsArm64 => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.Arm64 => true,
        Architecture.X64 => false,
        var other => throw new PlatformNotSupportedException($"no file flags are known for processor '{other}'"),
    };
}
