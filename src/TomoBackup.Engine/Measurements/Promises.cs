namespace TomoBackup.Measurements;

/// <summary>All promises of a policy for one cluster against what was measured. Pure.</summary>
static class Promises
{
    /// <summary>Worst first; among equals in the order of the policy.</summary>
    public static IReadOnlyList<PromiseVerdict> Of(PromiseSheet sheet)
        =>
        [
            .. ObjectivePromises.Of(sheet)
                .Concat(ArchivePromises.Of(sheet))
                .Concat(BackupPromises.Of(sheet))
                .Concat(RetentionPromises.Of(sheet))
                .Concat(ProofPromises.Of(sheet))
                .Concat(HousePromises.Of(sheet))
                .Concat(LaterPromises.Of(sheet))
                .OrderBy(promise => promise.Verdict),
        ];
}
