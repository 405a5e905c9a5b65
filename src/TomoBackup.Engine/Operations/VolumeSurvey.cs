using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>Looks at the file systems under repositories.</summary>
/// <param name="files">The files of this machine.</param>
/// <param name="unseen">Takes what could not be seen.</param>
/// <param name="system">What stands before <c>/proc</c> and <c>/sys</c>: nothing, but in tests.</param>
sealed class VolumeSurvey(IFileSystem files, ICollection<UnseenFact> unseen, string system = "")
{
    static readonly string[] RemoteKinds =
    [
        "nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "lustre", "beegfs", "afs", "fuse.sshfs", "fuse.rclone",
        "fuse.s3fs", "fuse.glusterfs",
    ];

    readonly BlockDevices _devices = new(files, system);

    /// <summary>By the repository's name, those that are directories of this machine.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="dataDirectories">By the cluster's name; null where it is not known.</param>
    public IReadOnlyDictionary<string, ObservedVolume> Look(
        BackupPolicy policy, IReadOnlyDictionary<string, string?> dataDirectories)
    {
        var mounts = ReadMounts();

        return policy.Repositories
            .Where(repository => repository.Store.IsDirectory)
            .ToDictionary(
                repository => repository.Name, repository => Look(repository, mounts, dataDirectories));
    }

    ObservedVolume Look(
        RepositoryPolicy repository, MountTable? mounts, IReadOnlyDictionary<string, string?> dataDirectories)
    {
        var place = $"repositories.{repository.Name}";
        var here = Stat(repository.Store.Path, place, $"the file system of '{repository.Name}'");
        var mount = here is null ? null : mounts?.Find(here.Device, repository.Store.Path);
        var luks = mount is null ? null : _devices.IsLuks(mount);

        if (here is not null && luks is null && repository.Volume is { Luks: true })
            unseen.Add(new UnseenFact(
                $"{place}.volume.encrypted", $"whether '{repository.Name}' lies on LUKS",
                mount is null ? "the mount table does not name its file system"
                    : $"'{mount.Source}' ({mount.Kind}) does not say which disks are below it"));

        return new ObservedVolume
        {
            SharedWith = here is null ? [] : [.. SharedWith(here, place, dataDirectories)],
            IsLuks = luks,
            IsRemote = mount is null ? null : RemoteKinds.Contains(mount.Kind),
        };
    }

    IEnumerable<string> SharedWith(
        FileFacts here, string place, IReadOnlyDictionary<string, string?> dataDirectories)
    {
        foreach (var (cluster, directory) in dataDirectories)
            if (directory is null)
                unseen.Add(new UnseenFact(
                    $"clusters.{cluster}", $"the file system of the data directory of '{cluster}'",
                    "neither the policy nor the server says where that is"));
            else if (Stat(directory, place, $"the data directory of '{cluster}'")?.Device == here.Device)
                yield return cluster;
    }

    FileFacts? Stat(string directory, string path, string what)
    {
        try
        {
            // The dot follows a link in the directory's own place.
            if (files.Stat($"{directory}/.") is { } facts)
                return facts;

            unseen.Add(new UnseenFact(path, what, $"there is no '{directory}' on this host"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unseen.Add(new UnseenFact(path, what, e.Message));
        }

        return null;
    }

    MountTable? ReadMounts()
    {
        try
        {
            return files.ReadKernelText($"{system}/proc/self/mountinfo") is { } text ? MountTable.Parse(text) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unseen.Add(new UnseenFact("repositories", "the mount table", e.Message));
            return null;
        }
    }
}
