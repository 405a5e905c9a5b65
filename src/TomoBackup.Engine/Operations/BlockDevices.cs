using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>What the kernel says of block devices (sysfs(5)).</summary>
/// <param name="files">The files of this machine.</param>
/// <param name="system">What stands before <c>/sys</c>: nothing, but in tests.</param>
sealed class BlockDevices(IFileSystem files, string system)
{
    /// <summary>cryptsetup names its mappings so, for both versions of the format.</summary>
    const string LuksMark = "CRYPT-LUKS";

    /// <summary>RAID below LVM below LUKS is three; a circle would be a fault of the kernel.</summary>
    const int MaxLayers = 8;

    /// <summary>True where every disk under a file system is LUKS, false where at least one is not; null where that
    /// cannot be told: network, memory, loops, and file systems that keep their disks to themselves.</summary>
    public bool? IsLuks(MountPoint mount)
    {
        try
        {
            return mount.HasBlockDevice ? IsLuks($"{system}/sys/dev/block/{mount.Device}", MaxLayers) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    bool? IsLuks(string device, int layers)
    {
        if (layers is 0 || files.Stat($"{device}/.") is null || files.Stat($"{device}/loop/.") is not null)
            return null;

        if (files.ReadKernelText($"{device}/dm/uuid") is { } mark
            && mark.StartsWith(LuksMark, StringComparison.Ordinal))
            return true;

        // A partition has no layers of its own; those of the disk that it is part of are its own.
        if (files.Stat($"{device}/partition") is not null)
            return IsLuks($"{device}/..", layers - 1);

        var below = files.Stat($"{device}/slaves/.") is null
            ? []
            : files.List($"{device}/slaves")
                .Select(disk => IsLuks($"{system}/sys/class/block/{disk.Name}", layers - 1))
                .ToList();

        return below.Count is 0 || below.Contains(false) ? false : below.Contains(null) ? null : true;
    }
}
