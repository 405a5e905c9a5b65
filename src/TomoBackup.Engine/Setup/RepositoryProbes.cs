using TomoBackup.Policies;
using TomoBackup.Repositories;

namespace TomoBackup.Setup;

/// <summary>What the repositories hold of the cluster, and whether they are a good place.</summary>
sealed class RepositoryProbes(CheckContext context)
{
    /// <summary>Where no backup says how much is needed, this little is too little.</summary>
    const long LeastFreeBytes = 1L << 30;

    /// <summary>Tries one; the place is null where it cannot be used.</summary>
    public async Task<(Probe Probe, CheckedPlace? Place)> OpenAsync(
        RepositoryPolicy place, CancellationToken cancellationToken)
    {
        var name = $"repository '{place.Name}'";

        try
        {
            var repository = await Repository
                .OpenAsync(place.Name, context.OpenStore(place), cancellationToken).ConfigureAwait(false);
            var lineage = await LineageBook
                .FindAsync(repository, context.Cluster.Name, context.Trust, cancellationToken).ConfigureAwait(false);

            return lineage is not null
                ? (Probe.Good(name, $"{place.Store}, format 1"), new CheckedPlace(repository, lineage))
                : (Probe.Fail(name, ErrorCode.NotFound, $"it knows no cluster '{context.Cluster.Name}'",
                    "Run 'tomo-backup init'."), null);
        }
        catch (Exception e) when (context.Understand(e) is { } failure)
        {
            return (Probe.Fail(name, failure), null);
        }
    }

    /// <summary>Room for the next backup.</summary>
    public async Task<Probe> RoomAsync(
        RepositoryPolicy place, CheckedPlace opened, CancellationToken cancellationToken)
    {
        var name = $"free space '{place.Name}'";

        if (!place.Store.IsDirectory)
            return Probe.Good(name, "not this host's");

        try
        {
            var catalog = await Catalog.ReadAsync(opened.Repository, opened.Lineage, cancellationToken)
                .ConfigureAwait(false);
            var last = catalog.Backups is [.., var newest] ? newest.StoredBytes : (long?)null;
            return Room(name, context.Files.FreeBytes(place.Store.Path), last);
        }
        catch (Exception e) when (context.Understand(e) is { } failure)
        {
            return Probe.Fail(name, failure);
        }
    }

    /// <summary>Compares free bytes with what the last backup took: pure.</summary>
    public static Probe Room(string name, long free, long? lastBackup)
    {
        const double MiB = 1 << 20;
        var needed = Math.Max(lastBackup ?? 0, LeastFreeBytes);
        var detail = $"{free / MiB:0} MiB free"
            + (lastBackup is { } last ? $", the last backup took {last / MiB:0} MiB" : "");

        return free >= needed
            ? Probe.Good(name, detail)
            : Probe.Warn(name, detail, "Make room, or the next backup and then archiving will stop.");
    }

    /// <summary>One disk that fails must not take both.</summary>
    public Probe Place(RepositoryPolicy place, string dataDirectory)
    {
        var name = $"place of '{place.Name}'";

        if (!place.Store.IsDirectory)
            return Probe.Good(name, "on another machine than the data directory");

        return context.Files.Stat($"{place.Store.Path}/.") is { } there
            && context.Files.Stat($"{dataDirectory}/.") is { } here && there.Device == here.Device
                ? Probe.Warn(name, "on the same file system as the data directory: one fault takes both",
                    "Keep a repository on another disk, better on another machine.")
                : Probe.Good(name, "on another file system than the data directory");
    }
}
