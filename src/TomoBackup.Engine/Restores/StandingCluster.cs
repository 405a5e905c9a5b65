using System.Globalization;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>
/// The cluster that a restore in place replaces. It is moved aside as a whole or not at all, and nothing of it is
/// deleted: the person on call decides when it may go.
/// </summary>
/// <param name="directory">Its data directory.</param>
/// <param name="suffix">What the names of its directories get.</param>
sealed class StandingCluster(IFileSystem files, string directory, string suffix)
{
    const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    readonly string _links = $"{directory}/pg_tblspc";

    /// <summary>Its tablespaces that stand where those of the backup go; throws where something else stands there, or
    /// where one could not be moved or made.</summary>
    /// <param name="map">Where the backup's tablespaces go.</param>
    /// <param name="moves">False where the directory stays: it was emptied already.</param>
    public IReadOnlyList<KeptTablespace> Check(TablespaceMap map, bool moves)
    {
        if (moves && files.Stat(directory) is { } facts)
            CheckMovable(directory, facts);

        var links = Links();

        return [.. map.Locations.Select(l => CheckPlace(l, links)).OfType<KeptTablespace>()];
    }

    /// <summary>Moves tablespaces and directory aside; on failure moves back what was moved. The directory goes last,
    /// so that its links lead to its own tablespaces whenever a power cut comes.</summary>
    /// <param name="tablespaces">Those that <see cref="Check"/> found.</param>
    /// <returns>Where the directory is now; null where there was none.</returns>
    public string? MoveAside(IReadOnlyList<KeptTablespace> tablespaces)
    {
        if (files.Stat(directory) is null)
            return null;

        var begun = new Stack<Action>();
        var place = directory;

        try
        {
            foreach (var tablespace in tablespaces)
            {
                place = tablespace.From;
                begun.Push(() => MoveBack(tablespace));
                Move(tablespace.From, tablespace.Aside);
                Link(tablespace.Link, tablespace.Aside);
            }

            place = directory;
            begun.Push(() => MoveBack(directory, directory + suffix));
            Move(directory, directory + suffix);
            return directory + suffix;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TomoBackupException.Create(
                ErrorCode.CannotWrite, $"unable to move '{place}' aside: {e.Message}", hint: Undo(begun));
        }
    }

    KeptTablespace? CheckPlace(TablespaceLocation location, IReadOnlyList<FileFacts> links)
    {
        var (oid, path) = location;

        if (!path.StartsWith('/'))
            throw Refused(
                $"tablespace {oid} has no absolute place: '{path}'", "Map it with '--map-tablespace OLD=NEW'.");

        if (IsWithinDirectory(path))
            return null;

        if (files.Stat(path) is not { } facts)
        {
            CheckWritable(Existing(path));
            return null;
        }

        var own = links.FirstOrDefault(link => LeadsTo(link.LinkTarget!, path, facts));

        if (facts.Kind != FileKind.Directory && own is null)
            throw Refused($"tablespace {oid} would go to '{path}', which is not a directory", Elsewhere(path));

        if (files.List(path).Count == 0 && facts.Kind == FileKind.Directory)
        {
            CheckWritable(path);
            return null;
        }

        if (own is null)
            throw Refused(
                $"tablespace {oid} would go to '{path}', which is not empty and is no tablespace of the cluster in "
                + $"'{directory}'", $"Move it away yourself. {Elsewhere(path)}");

        CheckMovable(path, facts);
        return new KeptTablespace(path, path.TrimEnd('/') + suffix, $"{_links}/{own.Name}", own.LinkTarget!);
    }

    void CheckMovable(string path, FileFacts facts)
    {
        var parent = Parent(path);

        // The root of a file system cannot be renamed.
        if (facts.Kind == FileKind.Directory && files.Stat(parent)?.Device is { } device && device != facts.Device)
            throw Refused(
                $"unable to move '{path}' aside: a file system is mounted there",
                "Restore into a directory below it: '--into' or '--map-tablespace'. Nothing was touched.");

        if (files.Stat(path.TrimEnd('/') + suffix) is not null)
            throw Refused(
                $"unable to move '{path}' aside: '{path.TrimEnd('/') + suffix}' exists", "Try again in a second.");

        CheckWritable(parent);
    }

    /// <summary>Only trying tells: modes do not know of access lists and read-only mounts.</summary>
    void CheckWritable(string folder)
    {
        var trial = $"{folder.TrimEnd('/')}/tomo-backup{suffix}";

        try
        {
            files.CreateDirectory(trial, PrivateFolder);
            files.DeleteDirectory(trial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RemoveTrial(trial);
            throw TomoBackupException.Create(
                ErrorCode.CannotWrite, $"unable to write into '{folder}': {e.Message}",
                hint: "Let the user of tomo-backup write there. Nothing was touched.");
        }
    }

    void RemoveTrial(string trial)
    {
        try
        {
            files.DeleteDirectory(trial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that is told says the same.
        }
    }

    IReadOnlyList<FileFacts> Links()
        => files.Stat(_links) is { Kind: FileKind.Directory }
            ? [.. files.List(_links).Where(e => e.LinkTarget is not null
                && uint.TryParse(e.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _))]
            : [];

    bool LeadsTo(string target, string path, FileFacts facts)
        => target.TrimEnd('/') == path.TrimEnd('/')
            || (target.StartsWith('/') && files.Stat(target) is { } other
                && (other.Device, other.Inode) == (facts.Device, facts.Inode));

    /// <summary>What lies in the directory goes aside with it.</summary>
    bool IsWithinDirectory(string path) => path.StartsWith($"{directory}/", StringComparison.Ordinal);

    string Existing(string path)
        => files.Stat(path) is { Kind: FileKind.Directory } ? path : Existing(Parent(path));

    void Move(string from, string to)
    {
        if (!files.TryRename(from.TrimEnd('/'), to))
            throw new IOException($"'{to}' exists");

        files.SyncDirectory(Parent(from));
    }

    /// <summary>Whether the move was made is looked up: an error may have come behind it.</summary>
    void MoveBack(string from, string to)
    {
        if (files.Stat(from.TrimEnd('/')) is null && files.Stat(to) is not null)
            Move(to, from.TrimEnd('/'));
    }

    void MoveBack(KeptTablespace tablespace)
    {
        MoveBack(tablespace.From, tablespace.Aside);

        if (files.Stat(tablespace.Link)?.LinkTarget != tablespace.Target)
            Link(tablespace.Link, tablespace.Target);
        else
            files.DeleteFile(Pending(tablespace.Link));
    }

    /// <summary>In one step, so that there is a link at every moment.</summary>
    void Link(string link, string target)
    {
        var pending = Pending(link);
        files.DeleteFile(pending);
        files.CreateSymbolicLink(pending, target);

        if (files.Stat(link) is { } old && old.User != files.Stat(pending)?.User)
            files.SetOwner(pending, old.User, old.Group);

        files.Replace(pending, link);
        files.SyncDirectory(_links);
    }

    static string Undo(Stack<Action> begun)
    {
        var left = new List<string>();

        foreach (var undo in begun)
            try
            {
                undo();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                left.Add(e.Message);
            }

        return left.Count == 0
            ? "What was moved was moved back; the old cluster stands as before."
            : $"It was not all moved back, do that by hand: {string.Join("; ", left)}.";
    }

    static string Pending(string link) => $"{link}.new";

    static string Parent(string path) => Path.GetDirectoryName(path.TrimEnd('/')) ?? "/";

    static string Elsewhere(string path) => $"Give it another place with '--map-tablespace {path}=NEW'.";

    static TomoBackupException Refused(string message, string hint)
        => TomoBackupException.Create(ErrorCode.Refused, message, hint);
}

/// <summary>A tablespace of the old cluster that makes room.</summary>
/// <param name="From">Where it was.</param>
/// <param name="Aside">Where it is kept.</param>
/// <param name="Link">The link in the old data directory, before that was moved.</param>
/// <param name="Target">Where the link led.</param>
sealed record KeptTablespace(string From, string Aside, string Link, string Target);
