using TomoBackup.Policies;
using TomoBackup.Repositories;

namespace TomoBackup.Operations;

/// <summary>Verbs that look: list and show.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>The backups of the cluster in one repository, oldest first, and who holds some of them; needs no key.
    /// </summary>
    internal Task<(Catalog Catalog, IReadOnlyList<IntentRecord> Holds)> ListAsync(
        string? repositoryName, KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync<(Catalog, IReadOnlyList<IntentRecord>)>("list", async () =>
        {
            using var secrets = ReadSecrets(keys);
            var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            return (
                await Catalog.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false),
                await HoldsAsync(repository, lineage, cancellationToken).ConfigureAwait(false));
        });

    /// <summary>One backup, with what only a key opens where there is one, and who holds it.</summary>
    internal Task<(Manifest Manifest, ClusterDocument? Cluster, IReadOnlyList<IntentRecord> Holds)> ShowAsync(
        string id, string? repositoryName, KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync<(Manifest, ClusterDocument?, IReadOnlyList<IntentRecord>)>("show", async () =>
        {
            using var secrets = ReadSecrets(keys);
            var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            var catalog = await Catalog.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false);
            var manifest = catalog.Find(id);

            var all = await HoldsAsync(repository, lineage, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<IntentRecord> holds = [.. all.Where(h => h.Subject == manifest.Backup)];

            using var ring = OpenKeys(repository, lineage, secrets);

            if (!ring.CanOpen(manifest.Epoch))
                return (manifest, null, holds);

            return (manifest, await new BackupContents(repository, manifest, ring)
                .ReadClusterAsync(cancellationToken).ConfigureAwait(false), holds);
        });

    async Task<IReadOnlyList<IntentRecord>> HoldsAsync(
        Repository repository, Lineage lineage, CancellationToken cancellationToken)
    {
        var intents = await IntentBook
            .ActiveAsync(repository, lineage, _environment.Time.GetUtcNow(), cancellationToken).ConfigureAwait(false);

        return [.. intents.Where(i => i.Verb == IntentRecord.Hold)];
    }

    /// <summary>The name of the only cluster in a repository; more than one must be chosen from.</summary>
    public static async Task<string> OnlyClusterAsync(
        OperationEnvironment environment, RepositoryPolicy place, CancellationToken cancellationToken)
    {
        var repository = await Repository.OpenAsync(place.Name, environment.OpenStore(place), cancellationToken)
            .ConfigureAwait(false);
        var clusters = await LineageBook.ClustersAsync(repository, cancellationToken).ConfigureAwait(false);

        return clusters switch
        {
            [var only] => only,
            [] => throw TomoBackupException.Create(ErrorCode.NotFound, $"'{place.Store}' knows no cluster"),
            _ => throw TomoBackupException.Create(
                ErrorCode.Usage,
                $"'{place.Store}' holds {clusters.Count} clusters: {string.Join(", ", clusters)}",
                hint: "Choose one with --cluster NAME."),
        };
    }
}
