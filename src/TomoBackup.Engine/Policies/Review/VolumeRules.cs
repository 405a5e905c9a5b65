namespace TomoBackup.Policies.Review;

/// <summary>File systems under repositories, against what the policy says of them.</summary>
static class VolumeRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => scope.Policy.Repositories.SelectMany(repository =>
            scope.Observed?.Volumes.GetValueOrDefault(repository.Name) is { } volume ? Of(repository, volume) : []);

    static IEnumerable<ReviewFinding> Of(RepositoryPolicy repository, ObservedVolume volume)
    {
        var place = $"repositories.{repository.Name}";
        var shared = string.Join(", ", volume.SharedWith.Select(name => $"'{name}'"));

        if (volume.SharedWith.Count > 0)
            yield return repository.Volume is { Separate: true }
                ? FindingKinds.VolumeNotSeparate.At(
                    $"{place}.volume.separate",
                    $"the policy says that '{repository.Name}' has a file system of its own, and it lies on the one "
                        + $"that holds the data directory of {shared}",
                    "Mount the backup disk, or move the repository: one lost disk takes both, and a full archive stops "
                        + "the database.")
                : FindingKinds.RepositoryBesideData.At(
                    $"{place}.store",
                    $"'{repository.Name}' lies on the file system that holds the data directory of {shared}: one lost "
                        + "disk takes both, and a full archive stops the database",
                    "Move the repository to another disk.");

        if (repository.Volume is { Luks: true } && volume.IsLuks is false)
            yield return FindingKinds.VolumeNotLuks.At(
                $"{place}.volume.encrypted",
                $"the policy says that '{repository.Name}' lies on LUKS, and at least one disk below it is not "
                    + "encrypted",
                "Move the repository to an encrypted volume, or correct the policy: backups are encrypted by "
                    + "themselves all the same.");
    }
}
