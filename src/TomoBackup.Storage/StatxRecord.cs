using System.Runtime.InteropServices;

namespace TomoBackup.Storage;

/// <summary>The answer of statx(2), whose layout is the same on all processors, unlike that of stat(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
readonly struct StatxRecord
{
    [FieldOffset(20)]
    public readonly uint User;

    [FieldOffset(24)]
    public readonly uint Group;

    [FieldOffset(28)]
    readonly ushort _mode;

    [FieldOffset(32)]
    public readonly ulong Inode;

    [FieldOffset(40)]
    public readonly ulong Size;

    [FieldOffset(112)]
    readonly long _modifiedSeconds;

    [FieldOffset(120)]
    readonly uint _modifiedNanoseconds;

    [FieldOffset(136)]
    readonly uint _deviceMajor;

    [FieldOffset(140)]
    readonly uint _deviceMinor;

    public ulong Device => (ulong)_deviceMajor << 32 | _deviceMinor;

    public UnixFileMode Mode => (UnixFileMode)(_mode & 0xfff);

    public FileKind Kind => (_mode & 0xf000) switch
    {
        0x8000 => FileKind.File,
        0x4000 => FileKind.Directory,
        0xa000 => FileKind.Link,
        _ => FileKind.Special,
    };

    public FileFacts ToFacts(string name, string? linkTarget)
        => new(name, Kind, checked((long)Size), Mode, Modified, User, Group, Device, Inode, linkTarget);

    // A file system may hold any 64-bit time; one outside our calendar is shown as its nearest end.
    DateTimeOffset Modified
        => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(
                _modifiedSeconds,
                DateTimeOffset.MinValue.ToUnixTimeSeconds(),
                DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            .AddTicks(Math.Min(_modifiedNanoseconds / 100, TimeSpan.TicksPerSecond - 1));
}
