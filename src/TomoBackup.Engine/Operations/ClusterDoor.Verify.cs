using TomoBackup.Repositories;
using TomoBackup.Verification;

namespace TomoBackup.Operations;

/// <summary>The verb that compares: verify.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>Compares a repository with its signed documents; deep, by every byte.</summary>
    public Task<VerifyReport> VerifyAsync(
        VerifyOptions options, string? repositoryName, KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync("verify", async () =>
        {
            using var secrets = ReadSecrets(keys);
            var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
            var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);

            using var ring = OpenKeys(repository, lineage, secrets);
            var report = await new VerifyOperation(
                repository, lineage, ring.HasIdentities ? ring : null, _environment.Time, _environment.Progress)
                .RunAsync(options, cancellationToken).ConfigureAwait(false);

            // Expire asks for it: only a repository that was found whole may lose something.
            if (options.Backup is null)
                _state.WriteVerification(
                    _cluster.Name,
                    repository.Name,
                    new VerificationRecord(repository.Id, report.Started, report.Deep, report.IsSound));

            return report;
        },
        report => new JournalNote
        {
            // One backup says nothing of the rest.
            Repository = options.Backup is null ? FindPlace(repositoryName).Name : null,
            Deep = report.Deep,
            Damage = report.Findings.Count(finding => finding.Severity == VerifySeverity.Damage),
        });
}
