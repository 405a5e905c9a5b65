using System.Globalization;
using TomoBackup.Codecs;

namespace TomoBackup.Repositories.FileList;

/// <summary>
/// What a line must be before anything is done with it. A signed list from our own host is trusted to be ours, not to
/// be harmless: a path that climbs out of the target is refused here, and nothing is ever created through a link or in
/// place of what stands there.
/// </summary>
static class FileListRules
{
    const int MaxPathChars = 4096;

    /// <summary>Throws where a line breaks the format or tries to leave the data directory.</summary>
    public static void Check(FileListLine line)
    {
        switch (line.Type)
        {
            case FileListLine.Directory:
                RequireRelative(line.Path);
                RequireMode(line.Mode);
                break;

            case FileListLine.File:
                RequireRelative(line.Path);

                if (line.Map is null)
                    RequireFile(line);
                else
                    RequireMapped(line);
                break;

            case FileListLine.Config:
                RequireAbsolute(line.Path);
                RequireFile(line);
                break;

            case FileListLine.Damage:
                RequireRelative(line.Path);
                Require(line.Blocks is { Count: > 0 }, "a damage line names no block");
                break;

            default:
                throw Refused($"it has a line of the unknown type '{line.Type}'");
        }
    }

    static void RequireFile(FileListLine line)
    {
        RequireMode(line.Mode);
        Require(line.Size is >= 0, $"'{line.Path}' has no valid size");
        Require(line.Modified is not null, $"'{line.Path}' has no time");
        Require(
            line.Crc32c is { Length: 8 } crc
                && uint.TryParse(crc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _),
            $"'{line.Path}' has no valid checksum");
        Require(line.Map is null, $"'{line.Path}' has a map where none may be");
        Require(line.Runs is not null && (line.Runs.Count > 0) == (line.Size > 0), $"'{line.Path}' has no valid runs");

        foreach (var run in line.Runs!)
            Require(
                (run.Count == 3 || (run.Count == 4 && run[2] == 1 && run[3] >= 0))
                    && run[0] > 0 && run[1] >= 0 && run[2] > 0,
                $"'{line.Path}' has an invalid run");
    }

    static void RequireMapped(FileListLine line)
    {
        RequireMode(line.Mode);
        Require(line.Size is > 0, $"'{line.Path}' has no valid size");
        Require(line.Modified is not null, $"'{line.Path}' has no time");
        Require(line.Runs is null && line.Crc32c is null, $"'{line.Path}' has a map and what a map replaces");
        Require(
            line.Map is [> 0, >= 0, >= 0 and < BlockMap.FrameBytes, > 0 and <= BlockMap.FrameBytes],
            $"'{line.Path}' has an invalid map");
    }

    static void RequireMode(string? mode)
        => Require(
            mode is { Length: 4 } && !mode.AsSpan().ContainsAnyExceptInRange('0', '7'), "a line has no valid mode");

    static void RequireRelative(string? path)
        => Require(
            path is { Length: > 0 and <= MaxPathChars }
            && !path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) && HasPlainSegments(path),
            $"'{path}' is not a path below the data directory");

    static void RequireAbsolute(string? path)
        => Require(
            path is { Length: > 1 and <= MaxPathChars }
            && path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) && HasPlainSegments(path[1..]),
            $"'{path}' is not an absolute path");

    static bool HasPlainSegments(string path)
    {
        foreach (var range in path.AsSpan().Split('/'))
            if (path.AsSpan()[range] is "" or "." or "..")
                return false;

        return true;
    }

    static void Require(bool condition, string reason)
    {
        if (!condition)
            throw Refused(reason);
    }

    static CodecException Refused(string reason) => new(CodecFailure.Invalid, $"the file list is refused: {reason}");
}
