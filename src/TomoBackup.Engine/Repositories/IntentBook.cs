using System.Globalization;
using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>The intents of a lineage in one repository. What is not authentic is as if it were not there: nobody but
/// the lineage's signer holds a backup, and nobody else releases one.</summary>
static class IntentBook
{
    /// <summary>The intents that are not over, oldest first.</summary>
    public static async Task<IReadOnlyList<IntentRecord>> ActiveAsync(
        Repository repository, Lineage lineage, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var active = new List<IntentRecord>();

        await foreach (var numbers in repository.Store
            .ListNumberedAsync(RepositoryLayout.Intents(lineage.Id), cancellationToken).ConfigureAwait(false))

            // The highest authentic one counts.
            foreach (var key in numbers.Reverse())
                if (await TryReadAsync(repository, lineage, key, cancellationToken).ConfigureAwait(false)
                    is { } record)
                {
                    if (record.Until > now)
                        active.Add(record);

                    break;
                }

        return [.. active.OrderBy(r => r.Since)];
    }

    /// <summary>Writes one number of an intent, or the next that is free: somebody else's object in its place must not
    /// keep a hold from being released.</summary>
    public static async Task PublishAsync(
        Repository repository, IntentRecord record, SigningKey signer, CancellationToken cancellationToken)
    {
        for (var next = record; ; next = next with { Number = next.Number + 1 })
        {
            var payload = JsonSerializer.SerializeToUtf8Bytes(next, RepositoryJson.Default.IntentRecord);
            var outcome = await repository.Store
                .WriteAllAsync(
                    RepositoryLayout.Intent(next.Lineage, next.Id, next.Number),
                    Dsse.Sign(DocumentType.Intent, payload, signer),
                    cancellationToken)
                .ConfigureAwait(false);

            if (outcome == CommitOutcome.Stored)
                return;
        }
    }

    /// <summary>A new intent's id.</summary>
    public static string NewId(IEntropy entropy)
    {
        Span<byte> id = stackalloc byte[8];
        entropy.Fill(id);
        return Convert.ToHexStringLower(id);
    }

    static async Task<IntentRecord?> TryReadAsync(
        Repository repository, Lineage lineage, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await repository.TryReadAsync(key, cancellationToken).ConfigureAwait(false) is { } envelope
                && JsonSerializer.Deserialize(
                    Dsse.Open(envelope, DocumentType.Intent, lineage.Signer), RepositoryJson.Default.IntentRecord)
                    is { } record
                && record.Lineage == lineage.Id
                && key.Value == $"{RepositoryLayout.Intents(lineage.Id)}{record.Id}/"
                    + record.Number.ToString("D6", CultureInfo.InvariantCulture)
                ? record
                : null;
        }
        catch (Exception e) when (e is CodecException or JsonException)
        {
            return null;
        }
    }
}
