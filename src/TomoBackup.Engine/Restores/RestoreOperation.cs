using System.Text;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Repositories;

namespace TomoBackup.Restores;

/// <summary>Plans and carries out a restore into an empty directory, or in place of a stopped cluster.</summary>
sealed class RestoreOperation(RestoreContext context)
{
    /// <summary>Plans without touching anything.</summary>
    public Task<RestorePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
        => new RestorePlanner(context.Sources).PlanAsync(options, cancellationToken);

    /// <summary>Carries a plan out, but for the start of the server.</summary>
    public async Task<RestoreReport> RunAsync(
        RestorePlan plan, RestoreOptions options, IReadOnlyList<string> salvaged, CancellationToken cancellationToken)
    {
        var target = new TargetDirectory(context.Files, options.Directory);

        if (options.InPlace)
            target.CheckReplaceable(context.Sources.Lineage);
        else
            target.CheckEmpty();

        var cluster = await new BackupContents(context.Repository, plan.Backup, context.Sources.Keys)
            .ReadClusterAsync(cancellationToken).ConfigureAwait(false);

        var tablespaces = Tablespaces(cluster, options);
        var isUnfinished = options.InPlace && target.TryClearUnfinished();
        target.CheckRoom(plan.Backup, tablespaces);

        string? aside = null;
        IReadOnlyList<KeptTablespace> kept = [];

        if (options.InPlace)
        {
            var standing = new StandingCluster(context.Files, options.Directory, Suffix(plan));
            kept = standing.Check(tablespaces, moves: !isUnfinished);
            aside = isUnfinished ? null : standing.MoveAside(kept);
        }
        else
        {
            target.CheckTablespaces(tablespaces);
        }

        var windows = new PackWindows();

        await using (windows.ConfigureAwait(false))
        {
            var run = new RestoreRun(context, plan, options, windows);
            var (bytes, copy, sync) = await run.RunAsync(cluster, tablespaces, cancellationToken).ConfigureAwait(false);
            return new RestoreReport(plan, options.Directory, aside, kept, salvaged, bytes, copy, sync, Recovery: null);
        }
    }

    static TablespaceMap Tablespaces(ClusterDocument cluster, RestoreOptions options)
    {
        var map = TablespaceMap.Parse(Encoding.UTF8.GetString(cluster.TablespaceMap));
        var known = map.Locations.Select(l => l.Path).ToHashSet(StringComparer.Ordinal);

        if (options.Tablespaces.Keys.FirstOrDefault(old => !known.Contains(old)) is { } unknown)
            throw TomoBackupException.Create(
                ErrorCode.Usage,
                $"the backup has no tablespace at '{unknown}'",
                hint: known.Count == 0
                    ? "It has no tablespaces at all."
                    : $"It has them at {string.Join(", ", known.Select(k => $"'{k}'"))}.");

        return map.Remap(l => options.Tablespaces.GetValueOrDefault(l.Path, l.Path));
    }

    string Suffix(RestorePlan plan)
        => $".before-restore-{context.Time.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-"
            + plan.Backup.SystemIdentifier[^4..];
}
