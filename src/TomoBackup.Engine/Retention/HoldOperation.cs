using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Retention;

/// <summary>What a person asks of <c>hold</c>.</summary>
/// <param name="Backup">Its id, or the unique beginning of one, or <c>latest</c>.</param>
/// <param name="Release">True to end all holds of it.</param>
/// <param name="Until">When the hold ends by itself; null for only when it is released.</param>
/// <param name="Reason">For whoever asks later; null for none.</param>
sealed record HoldOptions(string Backup, bool Release, DateTimeOffset? Until, string? Reason);

/// <summary>What was done.</summary>
/// <param name="Backup">The whole id.</param>
/// <param name="Released">True where holds ended.</param>
/// <param name="Until">The hold's end; null for none.</param>
/// <param name="Reason">As given.</param>
/// <param name="Repositories">Where the backup is, and the hold was written.</param>
/// <param name="Count">Holds written, or ended.</param>
sealed record HoldReport(
    string Backup,
    bool Released,
    DateTimeOffset? Until,
    string? Reason,
    IReadOnlyList<string> Repositories,
    int Count);

/// <summary>Holds a backup wherever it is, or lets it go: a signed intent in each repository, so that every host sees
/// it.</summary>
sealed class HoldOperation(
    IReadOnlyList<(Repository Repository, Lineage Lineage)> places,
    SigningKey signer,
    string host,
    IEntropy entropy,
    TimeProvider time)
{
    /// <summary>Does it.</summary>
    /// <exception cref="TomoBackupException"><see cref="ErrorCode.NotFound"/> where no repository holds the backup, or
    /// nothing holds it that could be released.</exception>
    public async Task<HoldReport> RunAsync(HoldOptions options, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();

        if (options.Until <= now)
            throw TomoBackupException.Create(
                ErrorCode.Usage,
                $"the hold would end at {options.Until.Value:u}, which has passed",
                hint: "Give a moment to come with '--until', or none.");

        var holders = await FindAsync(options.Backup, cancellationToken).ConfigureAwait(false);
        var backup = holders[0].Backup;
        var count = 0;

        foreach (var (repository, lineage, _) in holders)
            count += options.Release
                ? await ReleaseAsync(repository, lineage, backup, now, cancellationToken).ConfigureAwait(false)
                : await HoldAsync(repository, lineage, backup, options, now, cancellationToken).ConfigureAwait(false);

        return options.Release && count == 0
            ? throw TomoBackupException.Create(
                ErrorCode.NotFound, $"nothing holds backup '{backup}'",
                hint: "Run 'tomo-backup list' to see what is held.")
            : new HoldReport(
                backup, options.Release, options.Until, options.Reason, [.. holders.Select(h => h.Repository.Name)],
                count);
    }

    async Task<IReadOnlyList<(Repository Repository, Lineage Lineage, string Backup)>> FindAsync(
        string id, CancellationToken cancellationToken)
    {
        var found = new List<(Repository, Lineage, string)>();
        string? whole = null;
        TomoBackupException? absent = null;

        foreach (var (repository, lineage) in places)
        {
            var catalog = await Catalog.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false);

            try
            {
                // The first repository says which backup a short id means.
                whole ??= catalog.Find(id).Backup;
                found.Add((repository, lineage, catalog.Find(whole).Backup));
            }
            catch (TomoBackupException e) when (e.Code == ErrorCode.NotFound)
            {
                absent = e;
            }
        }

        return found.Count > 0 ? found : throw absent!;
    }

    async Task<int> HoldAsync(
        Repository repository,
        Lineage lineage,
        string backup,
        HoldOptions options,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await IntentBook.PublishAsync(
            repository,
            new IntentRecord(
                lineage.Id, IntentBook.NewId(entropy), 1, IntentRecord.Hold, host, now,
                options.Until ?? IntentRecord.Endless, backup, options.Reason),
            signer,
            cancellationToken).ConfigureAwait(false);

        return 1;
    }

    async Task<int> ReleaseAsync(
        Repository repository,
        Lineage lineage,
        string backup,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var held = await IntentBook.ActiveAsync(repository, lineage, now, cancellationToken).ConfigureAwait(false);
        var ended = 0;

        foreach (var intent in held.Where(i => i.Verb == IntentRecord.Hold && i.Subject == backup))
        {
            await IntentBook.PublishAsync(
                repository, intent with { Number = intent.Number + 1, Until = now }, signer, cancellationToken)
                .ConfigureAwait(false);
            ended++;
        }

        return ended;
    }
}
