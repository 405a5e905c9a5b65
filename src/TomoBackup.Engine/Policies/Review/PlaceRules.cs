namespace TomoBackup.Policies.Review;

/// <summary>Where repositories lie, and what one accident or one thief takes.</summary>
static class PlaceRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        =>
        [
            .. OneHost(scope),
            .. scope.Policy.Repositories.Where(MayBeEmptied).Select(MayDelete),
            .. scope.Policy.Repositories.Where(CanBeHidden).Select(CanHide),
        ];

    static IEnumerable<ReviewFinding> OneHost(ReviewScope scope)
    {
        var repositories = scope.Policy.Repositories;

        if (repositories.All(repository => repository.Store.IsDirectory && !IsElsewhere(scope, repository)))
            yield return FindingKinds.OneHost.At(
                "repositories",
                (repositories.Count is 1
                    ? $"the only repository, '{repositories[0].Name}', is a directory of this host"
                    : $"all {repositories.Count} repositories are directories of this host")
                    + ": a fire, a thief or an intruder takes the backups together with the database",
                scope.Observed is null
                    ? "Add a repository elsewhere; where one is mounted from another host, '--live' sees it."
                    : "Add a repository elsewhere.");
    }

    static bool IsElsewhere(ReviewScope scope, RepositoryPolicy repository)
        => scope.Observed?.Volumes.GetValueOrDefault(repository.Name)?.IsRemote is true;

    static bool MayBeEmptied(RepositoryPolicy repository) => !repository.Store.IsDirectory && repository.MayDelete;

    static bool CanBeHidden(RepositoryPolicy repository)
        => repository is { MayDelete: false, ObjectLock: null, KeepsVersions: false };

    static ReviewFinding CanHide(RepositoryPolicy repository)
        => FindingKinds.WriteKeyCanHide.At(
            $"repositories.{repository.Name}.may_delete",
            $"the key of '{repository.Name}' may not delete, but a write key can still hide and overwrite, and the "
                + "policy names nothing there that would bring the old bytes back",
            repository.Store.IsBucket
                ? "Set 'object_lock', or keep versions in the bucket and say 'keeps_versions: true'."
                : "Keep snapshots or versions in that place and say 'keeps_versions: true'.");

    static ReviewFinding MayDelete(RepositoryPolicy repository)
        => FindingKinds.OffsiteKeyMayDelete.At(
            $"repositories.{repository.Name}.may_delete",
            $"the key that this host has for '{repository.Name}' may delete: whoever takes the host can remove the "
                + "backups elsewhere as well",
            "Use a key that may write and list only, say 'may_delete: false', and keep versions in the bucket, since "
                + "such a key can still hide an object behind another of its name.");
}
