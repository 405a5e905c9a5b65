using System.Text;

namespace TomoBackup.Storage;

/// <summary>A mounted file system.</summary>
/// <param name="Device">Its device as the kernel numbers it: <c>253:0</c>.</param>
/// <param name="Folder">Where it is mounted.</param>
/// <param name="Kind"><c>ext4</c>, <c>nfs4</c>, …</param>
/// <param name="Source">What is mounted, in the words of that kind.</param>
public sealed record MountPoint(string Device, string Folder, string Kind, string Source)
{
    /// <summary>False for network, memory and whatever else has a number only so that it has one.</summary>
    public bool HasBlockDevice => !Device.StartsWith("0:", StringComparison.Ordinal);
}

/// <summary>The file systems that this process sees, as <c>/proc/self/mountinfo</c> lists them
/// (proc_pid_mountinfo(5)).</summary>
public sealed class MountTable
{
    readonly IReadOnlyList<MountPoint> _mounts;

    MountTable(IReadOnlyList<MountPoint> mounts) => _mounts = mounts;

    /// <summary>Reads the kernel's text; lines in a form that is not known are left out.</summary>
    public static MountTable Parse(string text) => new([.. text.Split('\n').Select(ParseLine).OfType<MountPoint>()]);

    /// <summary>The file system that holds a path: by its device, and where several mounts show that or none does, by
    /// the longest folder above the path.</summary>
    /// <param name="device">As <see cref="FileFacts.Device"/> has it.</param>
    /// <param name="path">Absolute.</param>
    public MountPoint? Find(ulong device, string path)
    {
        var number = $"{device >> 32}:{(uint)device}";
        var above = _mounts.Where(mount => IsAbove(mount.Folder, path)).ToList();

        return Longest(above.Where(mount => mount.Device == number))
            ?? Longest(_mounts.Where(mount => mount.Device == number))
            ?? Longest(above);
    }

    // The latest of equals: a later mount hides an earlier one at its place.
    static MountPoint? Longest(IEnumerable<MountPoint> mounts)
        => mounts.Reverse().MaxBy(mount => mount.Folder.Length);

    static bool IsAbove(string folder, string path)
        => folder is "/" || path == folder || path.StartsWith($"{folder}/", StringComparison.Ordinal);

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw: any number of fields stand before the dash.
    static MountPoint? ParseLine(string line)
    {
        var fields = line.Split(' ');
        var dash = Array.IndexOf(fields, "-");

        return dash >= 6 && fields.Length > dash + 2
            ? new MountPoint(fields[2], Unescape(fields[4]), fields[dash + 1], Unescape(fields[dash + 2]))
            : null;
    }

    /// <summary>Blanks, tabs, line ends and backslashes stand as <c>\040</c> and the like, in octal.</summary>
    static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;

        var text = new StringBuilder();

        for (var at = 0; at < field.Length; at++)
            if (field[at] is '\\' && at + 3 < field.Length && Octal(field.AsSpan(at + 1, 3)) is { } letter)
            {
                text.Append(letter);
                at += 3;
            }
            else
            {
                text.Append(field[at]);
            }

        return text.ToString();
    }

    static char? Octal(ReadOnlySpan<char> digits)
        => digits.ContainsAnyExceptInRange('0', '7')
            ? null
            : (char)(((digits[0] - '0') * 8 + digits[1] - '0') * 8 + digits[2] - '0');
}
