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
            return await new VerifyOperation(
                repository, lineage, ring.HasIdentities ? ring : null, _environment.Time, _environment.Progress)
                .RunAsync(options, cancellationToken).ConfigureAwait(false);
        },
        report => new JournalNote
        {
            // One backup says nothing of the rest.
            Repository = options.Backup is null ? FindPlace(repositoryName).Name : null,
            Deep = report.Deep,
            Damage = report.Findings.Count(finding => finding.Severity == VerifySeverity.Damage),
        });
}
