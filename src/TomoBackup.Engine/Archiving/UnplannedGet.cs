using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Archiving;

/// <summary>
/// <c>restore_command</c> of a recovery that no restore of ours prepared: a standby's, or one that a person set up.
/// There is no plan to compare with, so "there is none" is said only behind the last archived segment of a timeline.
/// </summary>
sealed class UnplannedGet(
    Repository repository, WalArchive archive, IEpochKeys keys, EpochId idEpoch, IFileSystem files)
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Delivers a file.</summary>
    /// <param name="options">Where the recovery ends.</param>
    /// <param name="name">What PostgreSQL asks for.</param>
    /// <param name="destination">Where it wants it, absolute.</param>
    /// <returns>True for delivered, false for "there is none".</returns>
    public async Task<bool> RunAsync(
        UnplannedGetOptions options, string name, string destination, CancellationToken cancellationToken)
    {
        if (options.Until is { } end && !WalName.IsSegment(end))
            throw TomoBackupException.Create(
                ErrorCode.Usage, $"'{end}' is not the name of a WAL segment", hint: "It has 24 hex digits.");

        if (options.Until is { } until && WalName.IsSegment(name) && string.CompareOrdinal(name[8..], until[8..]) > 0)
            return false;

        var found = WalFileName.TryParse(name, out var parsed)
            ? await archive.FindAsync(name, cancellationToken).ConfigureAwait(false)
            : [];

        if (found.Count > 1)
            throw TomoBackupException.Create(
                ErrorCode.WalConflict,
                $"WAL file '{name}' has {found.Count} different contents in repository '{repository.Name}'",
                hint: "Recovery stops here rather than guessing which one is true.");

        if (found.Count == 1)
        {
            await DeliverAsync(found[0], destination, cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (WalName.IsSegment(name)
            && await NewestAsync(parsed.Timeline, cancellationToken).ConfigureAwait(false) is { } newest
            && string.CompareOrdinal(name, newest) < 0)
            throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"WAL segment '{name}' is missing in repository '{repository.Name}', which holds '{newest}'",
                hint: "Recovery stops here rather than opening with data missing. Run 'tomo-backup verify'.");

        return false;
    }

    async Task DeliverAsync(ArchivedFile file, string destination, CancellationToken cancellationToken)
    {
        var temporary = $"{destination}.{Environment.ProcessId}";
        files.DeleteFile(temporary);

        try
        {
            using (var target = files.CreateScratch(temporary, Private))
                if (WalName.IsHistory(file.Name))
                    target.Write(0, await archive.ReadHistoryAsync(file, keys, idEpoch, cancellationToken)
                        .ConfigureAwait(false));
                else
                    await archive.CopyAsync(file, keys, target, cancellationToken).ConfigureAwait(false);

            files.Replace(temporary, destination);
        }
        finally
        {
            // Renamed it is gone from here already.
            files.DeleteFile(temporary);
        }
    }

    /// <summary>The last whole or unfinished segment of a timeline; null where there is none.</summary>
    async Task<string?> NewestAsync(uint timeline, CancellationToken cancellationToken)
        => (await archive.ListTimelineAsync(timeline, cancellationToken).ConfigureAwait(false))
            .Where(f => WalName.IsSegment(f.Name) || f.Name.EndsWith(".partial", StringComparison.Ordinal))
            .Select(f => f.Name)
            .Max(StringComparer.Ordinal);
}

/// <summary>How a recovery that no restore prepared is answered.</summary>
public sealed record UnplannedGetOptions
{
    /// <summary>The last segment that is delivered, on whatever timeline; null for all that is archived.</summary>
    public string? Until { get; init; }

    /// <summary>For a standby: an archive out of reach is "there is none", so that it goes on by streaming. A damaged
    /// or missing segment never is.</summary>
    public bool Standby { get; init; }
}
