using TomoBackup.Repositories;
using TomoBackup.Retention;

namespace TomoBackup.Operations;

/// <summary>Verbs that keep and let go: expire and hold.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>The repositories that <c>expire</c> and <c>hold</c> go through: the one given, or all of the
    /// policy.</summary>
    internal IReadOnlyList<string> RepositoriesNamed(string? name)
        => name is null ? [.. _policy.Repositories.Select(r => r.Name)] : [name];

    /// <summary>Removes from one repository what the policy does not want any more, or says what it would.</summary>
    internal Task<ExpireReport> ExpireAsync(
        ExpireOptions options, string repositoryName, KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync(options.PlanOnly ? "expire-plan" : "expire", async () =>
        {
            using var secrets = ReadSecrets(keys);
            using var signer = options.PlanOnly ? null : _state.ReadSigningKey();
            var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            var followers = new List<Repository>();

            foreach (var follower in _policy.Repositories.Where(r => r.Follows == repository.Name))
                followers.Add(await OpenAsync(follower, cancellationToken).ConfigureAwait(false));

            var place = FindPlace(repository.Name);
            using var ring = OpenKeys(repository, lineage, secrets);
            return await new ExpireOperation(new ExpireContext
            {
                Repository = repository,
                Lineage = lineage,
                Keys = ring,
                Signer = signer,
                State = _state,
                Policy = _policy.Retention,
                MayDelete = place.MayDelete,
                Lifecycle = place.Lifecycle,
                Followers = followers,
                Entropy = _environment.Entropy,
                Time = _environment.Time,
                Progress = _environment.Progress,
            }).RunAsync(options, cancellationToken).ConfigureAwait(false);
        });

    /// <summary>Holds a backup in every repository that has it, or releases it there.</summary>
    /// <param name="repositoryName">The only repository to write to; null for all of the policy.</param>
    internal Task<HoldReport> HoldAsync(
        HoldOptions options, string? repositoryName, CancellationToken cancellationToken)
        => RunAsync("hold", async () =>
        {
            using var secrets = ReadSecrets(new KeyOptions());
            using var signer = _state.ReadSigningKey();
            var places = new List<(Repository, Lineage)>();

            foreach (var name in RepositoriesNamed(repositoryName))
            {
                var repository = await OpenRepositoryAsync(name, cancellationToken).ConfigureAwait(false);
                places.Add((
                    repository,
                    await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false)));
            }

            return await new HoldOperation(places, signer, _state.HostId(), _environment.Entropy, _environment.Time)
                .RunAsync(options, cancellationToken).ConfigureAwait(false);
        });
}
