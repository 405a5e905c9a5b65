using TomoBackup.Codecs;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Setup;

/// <summary>What this process may read and write on its own machine.</summary>
sealed class HostProbes(IFileSystem files, HostState state)
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    const string AsOwner = "Run tomo-backup as the user who owns the data directory.";

    /// <summary>Whether a backup could read the files.</summary>
    /// <param name="served">Where the server says that it is.</param>
    /// <param name="named">Where the policy says; null where it does not.</param>
    public Probe DataDirectory(string served, string? named)
    {
        const string Name = "data directory";
        var path = named ?? served;

        try
        {
            if (files.Stat($"{path}/.") is not { } here)
                return Probe.Fail(Name, ErrorCode.NotFound, $"there is no '{path}' on this host",
                    "Run tomo-backup on the database host.");

            if (named is not null && files.Stat($"{served}/.") is { } other && other.Inode != here.Inode)
                return Probe.Fail(Name, ErrorCode.Refused, $"the policy says '{named}', the server '{served}'",
                    "Correct 'data_directory' in the policy.");

            _ = files.List(path);
            using var control = files.OpenRead($"{path}/{DataDirectoryRules.ControlFilePath}");
            return control is not null
                ? Probe.Good(Name, $"'{path}' can be read")
                : Probe.Fail(Name, ErrorCode.NotFound, $"'{path}' holds no control file", "Correct 'data_directory'.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Probe.Fail(Name, ErrorCode.Refused, e.Message, AsOwner);
        }
    }

    /// <summary>Whether state can be kept, by this user alone.</summary>
    public Probe StateDirectory()
    {
        const string Name = "state directory";

        try
        {
            if (files.Stat($"{state.Folder}/.") is not { } folder)
                return Probe.Fail(Name, ErrorCode.KeyMissingOrWrong, $"there is no '{state.Folder}'",
                    "Run 'tomo-backup init'.");

            var path = $"{state.Folder}/check-{Environment.ProcessId}.tmp";
            files.DeleteFile(path);

            using (files.CreateNew(path, Private))
                files.DeleteFile(path);

            return !folder.IsOpenToOthers
                ? Probe.Good(Name, $"'{state.Folder}' can be written, by its owner alone")
                : Probe.Warn(Name, $"'{state.Folder}' is open to others, and keys lie there",
                    $"Run 'chmod 700 {state.Folder}'.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Probe.Fail(Name, ErrorCode.CannotWrite, e.Message, AsOwner);
        }
    }

    /// <summary>Whether this host can sign.</summary>
    public Probe SigningKey()
    {
        const string Name = "signing key";

        try
        {
            using var key = state.ReadSigningKey();
            return Probe.Good(Name, $"fingerprint {key.Fingerprint}");
        }
        catch (TomoBackupException e)
        {
            return Probe.Fail(Name, e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or CodecException)
        {
            return Probe.Fail(Name, ErrorCode.KeyMissingOrWrong, e.Message, AsOwner);
        }
    }

    /// <summary>Whether this host can name contents, without which nothing is pushed.</summary>
    public Probe IdKey(Lineage lineage)
    {
        const string Name = "id key";

        try
        {
            using var key = state.OpenEpochs(lineage.Id).TryRead(lineage.IdEpoch);
            return key is not null
                ? Probe.Good(Name, "this host can push")
                : Probe.Fail(Name, ErrorCode.KeyMissingOrWrong, "this host has none and cannot push",
                    "Run 'tomo-backup init' again with the recovery identity.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Probe.Fail(Name, ErrorCode.KeyMissingOrWrong, e.Message, AsOwner);
        }
    }
}
