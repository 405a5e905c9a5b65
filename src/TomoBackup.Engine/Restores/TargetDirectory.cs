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
    public void CheckEmpty(Manifest manifest)
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

        CheckRoom(files.Stat(path) is null ? Path.GetDirectoryName(path)! : path, manifest);
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

    void RefuseRunning()
    {
        if (ServerProcess.IsRunning(path))
            throw Refused($"a PostgreSQL server runs on '{path}'", "Stop it first, or restore into another directory.");
    }

    void CheckRoom(string place, Manifest manifest)
    {
        if (files.Stat(place) is null)
            throw Refused($"there is no directory '{place}'", "Make it, or give another place with '--into'.");

        var free = files.FreeBytes(place);

        if (free < manifest.FileBytes)
            throw TomoBackupException.Create(
                ErrorCode.CannotWrite,
                $"'{place}' has {free} bytes free, the restore needs {manifest.FileBytes}",
                hint: "Make room, or give another place with '--into'.");
    }

    static TomoBackupException Refused(string message, string hint)
        => TomoBackupException.Create(ErrorCode.Refused, message, hint);
}
