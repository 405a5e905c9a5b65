using TomoBackup.Policies;
using TomoBackup.Repositories;

namespace TomoBackup.Operations;

/// <summary>Verbs that look: list and show.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>The backups of the cluster in one repository, oldest first; needs no key.</summary>
    internal Task<Catalog> ListAsync(string? repositoryName, KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync("list", async () =>
        {
            using var secrets = ReadSecrets(keys);
            var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            return await Catalog.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false);
        });

    /// <summary>One backup, with what only a key opens where there is one.</summary>
    internal Task<(Manifest Manifest, ClusterDocument? Cluster)> ShowAsync(
        string id, string? repositoryName, KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync<(Manifest, ClusterDocument?)>("show", async () =>
        {
            using var secrets = ReadSecrets(keys);
            var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            var catalog = await Catalog.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false);
            var manifest = catalog.Find(id);

            using var ring = OpenKeys(repository, lineage, secrets);

            if (!ring.CanOpen(manifest.Epoch))
                return (manifest, null);

            return (manifest, await new BackupContents(repository, manifest, ring)
                .ReadClusterAsync(cancellationToken).ConfigureAwait(false));
        });

    /// <summary>The name of the only cluster in a repository; more than one must be chosen from.</summary>
    public static async Task<string> OnlyClusterAsync(
        OperationEnvironment environment, RepositoryPolicy place, CancellationToken cancellationToken)
    {
        var repository = await Repository.OpenAsync(place.Name, environment.OpenStore(place.Store), cancellationToken)
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
