namespace TomoBackup.Policies.Rendering;

/// <summary>Who can remove what is stored, and what stands against it.</summary>
static class DeletionSections
{
    /// <summary>A heading and a sentence for each repository.</summary>
    public static IEnumerable<DocumentBlock> Of(BackupPolicy policy) =>
    [
        new DocumentBlock.Heading("Who can delete"),
        new DocumentBlock.Bullets([.. policy.Repositories.Select(Sentence)]),
    ];

    static Prose Sentence(RepositoryPolicy place) => (place.ObjectLock, place.MayDelete, place.KeepsVersions) switch
    {
        (LockMode.Compliance, _, _) =>
            $"""
            {place.Name:strong}: nobody, before the lock of an object ends; the owner of the account neither
            (`object_lock: compliance`).
            """,
        (LockMode.Governance, _, _) =>
            $"""
            {place.Name:strong}: before the lock of an object ends, only identities with the right to lift it
            (`object_lock: governance`). The host's key
            must not be one of them.
            """,
        (_, false, true) =>
            $"""
            {place.Name:strong}: not the host. Its key may not delete; what it hides or writes over comes back from the
            old versions that the place keeps. Nothing locks them (`object_lock`): whoever has the account can delete.
            """,
        (_, false, _) =>
            $"""
            {place.Name:strong}: not the host. Its key may not delete, but it can hide an object or write over it;
            nothing in this policy locks objects (`object_lock`), so only versions that the place keeps undo that.
            """,
        _ => $"{place.Name:strong}: whoever has the host, or the key that it uses.",
    };
}
