using System.Globalization;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>Everything that is asked of the place to restore into, before a byte is copied.</summary>
sealed class TargetDirectory(IFileSystem files, string path)
{
    /// <summary>Throws where a restore into this directory would destroy something or could not end well. What a killed
    /// restore left behind is removed.</summary>
    public void CheckEmpty()
    {
        RefuseRunning();

        if (files.Stat(path) is { } present)
        {
            if (present.Kind != FileKind.Directory)
                throw Refused($"'{path}' is not a directory", "Give another place with '--into'.");

            if (files.List(path).Count > 0 && !TryClearUnfinished())
                throw Refused(
                    $"'{path}' is not empty",
                    "Give an empty or new directory, or '--in-place' to replace the cluster that stands there.");
        }

        var parent = Path.GetDirectoryName(path)!;

        if (files.Stat(path) is null && files.Stat(parent) is null)
            throw Refused($"there is no directory '{parent}'", "Make it, or give another place with '--into'.");
    }

    /// <summary>Throws where the directory is not the stopped cluster that is to be replaced.</summary>
    public void CheckReplaceable(Lineage lineage)
    {
        RefuseRunning();

        if (files.Stat(path) is not { Kind: FileKind.Directory })
            return;

        var bytes = files.ReadAll($"{path}/{DataDirectoryRules.ControlFilePath}", ControlFile.FileBytes);

        if (bytes is null || bytes.Length < sizeof(ulong))
        {
            if (files.List(path).Count > 0
                && files.Stat($"{path}/PG_VERSION") is null
                && files.Stat($"{path}/pg_wal") is null)
                throw Refused(
                    $"'{path}' is not a data directory", "Check '--cluster' and the policy's data_directory.");

            return;
        }

        // Even a damaged control file tells whose it is by its first eight bytes.
        var system = BitConverter.ToUInt64(bytes, 0).ToString(CultureInfo.InvariantCulture);

        if (system != lineage.SystemIdentifier)
            throw Refused(
                $"'{path}' belongs to the cluster with system identifier {system}, not {lineage.SystemIdentifier}",
                "Check '--cluster' and the policy's data_directory; another cluster is never replaced.");
    }

    /// <summary>Removes what a killed restore left behind; false where something else stands there.</summary>
    public bool TryClearUnfinished() => new UnfinishedRestore(files, path).TryClear();

    /// <summary>Throws where a tablespace would land on something that is there.</summary>
    public void CheckTablespaces(TablespaceMap map)
    {
        foreach (var location in map.Locations)
        {
            if (!location.Path.StartsWith('/'))
                throw Refused(
                    $"tablespace {location.Oid} has no absolute place: '{location.Path}'",
                    "Map it with '--map-tablespace OLD=NEW'.");

            if (files.Stat(location.Path) is { } present
                && (present.Kind != FileKind.Directory || files.List(location.Path).Count > 0))
                throw Refused(
                    $"tablespace {location.Oid} would go to '{location.Path}', which is not empty",
                    $"Give it another place with '--map-tablespace {location.Path}=NEW'.");
        }
    }

    /// <summary>Throws where the file systems of directory and tablespaces together have less room than the backup's
    /// files take. How they are spread over them is not known before they are read.</summary>
    /// <param name="manifest">The backup.</param>
    /// <param name="map">Where its tablespaces go.</param>
    public void CheckRoom(Manifest manifest, TablespaceMap map)
    {
        var places = map.Locations.Select(l => l.Path).Where(l => l.StartsWith('/'))
            .Prepend(path).Select(Existing).DistinctBy(p => p.Device).ToList();
        var free = places.Sum(p => files.FreeBytes(p.Path));

        if (free >= manifest.FileBytes)
            return;

        var names = string.Join(" and ", places.Select(p => $"'{p.Path}'"));

        throw TomoBackupException.Create(
            ErrorCode.CannotWrite,
            $"{names} {(places.Count == 1 ? "has" : "have")} {free} bytes free, the restore needs {manifest.FileBytes}",
            hint: "Make room, or restore into another place with '--into'. Nothing was touched.");
    }

    (string Path, ulong Device) Existing(string place)
        => files.Stat(place) is { Kind: FileKind.Directory } facts
            ? (place, facts.Device)
            : Existing(Path.GetDirectoryName(place)
                ?? throw Refused($"there is no directory above '{path}'", "Give another place with '--into'."));

    void RefuseRunning()
    {
        if (ServerProcess.IsRunning(path))
            throw Refused($"a PostgreSQL server runs on '{path}'", "Stop it first, or restore into another directory.");
    }

    static TomoBackupException Refused(string message, string hint)
        => TomoBackupException.Create(ErrorCode.Refused, message, hint);
}
