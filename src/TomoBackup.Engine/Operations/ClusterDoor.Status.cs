using TomoBackup.Measurements;
using TomoBackup.Policies;

namespace TomoBackup.Operations;

/// <summary>Verbs that look at everything: status and windows. They are not recorded: they may run every minute, and
/// whoever may only read may run them.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>Measures all that can be measured, and judges every promise of the policy. What does not answer is in
    /// the answer, not thrown; needs no recovery key.</summary>
    /// <param name="policyPath">Absolute path of the policy, which archive_command should name; null where there is
    /// none.</param>
    internal async Task<ClusterStatus> StatusAsync(
        string? policyPath, KeyOptions keys, CancellationToken cancellationToken)
    {
        var now = _environment.Time.GetUtcNow();
        var server = await new ServerSurvey(_environment, _policy, _cluster)
            .RunAsync(policyPath, cancellationToken).ConfigureAwait(false);
        var repositories = new List<RepositoryFacts>();

        // What cannot be seen is null there, and said so by the measure.
        var volumes = new VolumeSurvey(_environment.Files, []).Look(
            _policy, new Dictionary<string, string?>());

        foreach (var place in _policy.Repositories)
            repositories.Add(new PlaceSurvey(_environment.Files).Of(
                place, server.DataDirectory, volumes.GetValueOrDefault(place.Name)?.IsLuks,
                await LookAsync(place, keys, cancellationToken).ConfigureAwait(false)));

        var values = Measuring.Of(new ClusterFacts
        {
            Now = now,
            Policy = _policy,
            Cluster = _cluster,
            Server = server.Facts,
            Archiver = server.Archiver,
            Queue = server.Queue,
            Drift = server.Drift,
            Repositories = repositories,
            Host = new JournalSurvey(_journal, _cluster.Name).Read(_policy.Encryption.IdentityFile is null),
        });

        return new ClusterStatus(_cluster.Name, values, Promises.Of(new PromiseSheet(_policy, _cluster, values)));
    }

    /// <summary>The moments that each repository can bring back; null takes all of the policy.</summary>
    internal async Task<ClusterWindows> WindowsAsync(
        string? repositoryName, KeyOptions keys, CancellationToken cancellationToken)
    {
        var windows = new List<RepositoryWindows>();
        IReadOnlyList<RepositoryPolicy> places = repositoryName is null
            ? _policy.Repositories
            : [FindPlace(repositoryName)];

        foreach (var place in places)
        {
            var seen = await LookAsync(place, keys, cancellationToken).ConfigureAwait(false);
            windows.Add(new RepositoryWindows(
                place.Name, place.Store.ToString(),
                seen.Seen is { } contents
                    ? Sighting<RecoveryMap>.Of(contents.Map)
                    : new Sighting<RecoveryMap>(null, seen.Unknown)));
        }

        return new ClusterWindows(_cluster.Name, _environment.Time.GetUtcNow(), windows);
    }

    async Task<Sighting<RepositoryContents>> LookAsync(
        RepositoryPolicy place, KeyOptions keys, CancellationToken cancellationToken)
    {
        try
        {
            using var secrets = ReadSecrets(keys);
            var repository = await OpenAsync(place, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
            using var ring = OpenKeys(repository, lineage, secrets);

            return Sighting<RepositoryContents>.Of(
                await new RepositorySurvey(repository, lineage, ring).RunAsync(cancellationToken)
                    .ConfigureAwait(false));
        }
        catch (Exception e) when (Failures.Understand(e) is { } failure)
        {
            // Before 'init' there is nothing to see, which is no fault of the place.
            return failure.Code == ErrorCode.NotFound
                ? Sighting<RepositoryContents>.None(failure.Message, failure.Hint)
                : Sighting<RepositoryContents>.Failed(failure);
        }
    }
}
