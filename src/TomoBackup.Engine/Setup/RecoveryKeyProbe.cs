namespace TomoBackup.Setup;

/// <summary>Whether the recovery key of this host opens what stands in the repositories.</summary>
sealed class RecoveryKeyProbe(CheckContext context)
{
    const string Name = "recovery key";

    /// <summary>Tries the identities at hand on the id epoch of each place, read back from there.</summary>
    public async Task<Probe> RunAsync(IReadOnlyList<CheckedPlace> places, CancellationToken cancellationToken)
    {
        if (context.IdentityFile is null)
            return Probe.Good(Name, "mode sealed: this host encrypts and cannot decrypt");

        if (context.Identities.Count == 0)
            return Probe.Fail(Name, ErrorCode.KeyMissingOrWrong, $"there is no identity file '{context.IdentityFile}'",
                "Bring it back, or remove 'encryption.identity' from the policy for mode sealed.");

        if (places.Count == 0)
            return Probe.Skip(Name, "no repository can be read");

        try
        {
            foreach (var place in places)
                await KeyTrial.OpenAsync(
                    place.Repository, place.Lineage, place.Lineage.IdEpoch, context.Identities, context.Files,
                    cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (context.Understand(e) is { } failure)
        {
            return Probe.Fail(Name, failure);
        }

        var sheet = $"{Path.GetDirectoryName(context.IdentityFile)}/escrow-sheet-{context.Cluster.Name}.txt";

        return context.Files.Stat(sheet) is null
            ? Probe.Good(Name, "mode simple: the recovery key on this host opens a key of each repository")
            : Probe.Warn(Name, $"it opens a key of each repository, but the escrow sheet '{sheet}' is still here",
                "Print it, put it into a sealed envelope away from the backups, and remove it from this host.");
    }
}
