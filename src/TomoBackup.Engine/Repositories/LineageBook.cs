using System.Security.Cryptography;
using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>Reads and continues a cluster's signed lineage records.</summary>
static class LineageBook
{
    /// <summary>The names of all clusters that a repository has records of.</summary>
    public static async Task<IReadOnlyList<string>> ClustersAsync(
        Repository repository, CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);

        await foreach (var entry in repository.Store.ListAsync(RepositoryLayout.LineagePrefix, cancellationToken)
            .ConfigureAwait(false))
            names.Add(entry.Key.Value.Split('/')[1]);

        return [.. names];
    }

    /// <summary>A cluster's current lineage, its signer trusted. Null where the repository has no record of
    /// it.</summary>
    public static async Task<Lineage?> FindAsync(
        Repository repository, string cluster, SignerTrust trust, CancellationToken cancellationToken)
    {
        var records = await ReadAsync(repository, cluster, trust, cancellationToken).ConfigureAwait(false);
        var created = records.LastOrDefault(r => r.Record.Record == LineageRecord.Created);

        if (created.Record is not { } first)
            return null;

        var claims = new SortedDictionary<uint, string>();

        foreach (var (record, _) in records)
            if (record is { Record: LineageRecord.Claim, Timeline: { } timeline } && record.Lineage == first.Lineage)
                claims.TryAdd(timeline, record.Host);

        return new Lineage(
            first.Lineage,
            cluster,
            first.SystemIdentifier!,
            first.MajorVersion!.Value,
            created.Signer,
            first.IdEpoch!.Value,
            [.. first.Recipients!.Select(static r => AgeRecipient.Parse(r))],
            claims,
            records[^1].Record.Number);
    }

    /// <summary>Appends a signed record to each repository; the same bytes in all.</summary>
    public static async Task AppendAsync(
        IReadOnlyList<Repository> repositories,
        LineageRecord record,
        SigningKey signer,
        CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(record, RepositoryJson.Default.LineageRecord);
        var envelope = Dsse.Sign(DocumentType.Lineage, payload, signer);
        var key = RepositoryLayout.Lineage(record.Cluster, record.Number, IdOf(envelope));

        foreach (var repository in repositories)
            await repository.WriteOnceAsync(key, envelope, cancellationToken).ConfigureAwait(false);
    }

    static async Task<List<(LineageRecord Record, VerifyingKey Signer)>> ReadAsync(
        Repository repository, string cluster, SignerTrust trust, CancellationToken cancellationToken)
    {
        var records = new List<(LineageRecord, VerifyingKey)>();
        VerifyingKey? signer = null;

        await foreach (var entry in repository.Store
            .ListAsync(RepositoryLayout.Lineages(cluster), cancellationToken).ConfigureAwait(false))
        {
            var bytes = await repository.TryReadAsync(entry.Key, cancellationToken).ConfigureAwait(false);

            if (bytes is null)
                continue;

            var (record, by) = Open(repository, entry.Key, bytes, signer, trust);
            signer = by;
            records.Add((record, by));
        }

        return records;
    }

    /// <summary>One record, authentic. A created record names its own signer, who must be trusted; any other must be
    /// signed by the one before it.</summary>
    public static (LineageRecord Record, VerifyingKey Signer) Open(
        Repository repository, ObjectKey key, byte[] envelope, VerifyingKey? signer, SignerTrust trust)
    {
        try
        {
            // A created record names its own signer: the payload is looked at first, believed only after the
            // fingerprint was found trusted and the signature held.
            var unverified = Parse(Dsse.ReadUnverified(envelope, DocumentType.Lineage));

            if (unverified is { Record: LineageRecord.Created, Signer: { } spki })
                signer = trust.Accept(VerifyingKey.FromSpki(Convert.FromBase64String(spki)), repository.Name);

            if (signer is null)
                throw new CodecException(CodecFailure.Invalid, "no record before it says who signs");

            var record = Parse(Dsse.Open(envelope, DocumentType.Lineage, signer));

            if (RepositoryLayout.Lineage(record.Cluster, record.Number, IdOf(envelope)) != key)
                throw new CodecException(CodecFailure.Foreign, "it stands under a key that is not its own");

            if (record.Record == LineageRecord.Created
                && record is not
                {
                    SystemIdentifier: not null, MajorVersion: not null, IdEpoch: not null, Recipients: not null,
                })
                throw new CodecException(CodecFailure.Invalid, "a member is missing");

            return (record, signer);
        }
        catch (Exception e) when (e is CodecException or JsonException or FormatException)
        {
            throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"lineage record '{key}' in repository '{repository.Name}' is not authentic: {e.Message}",
                hint: "Someone else may have written to this repository. Compare the signing key's fingerprint with "
                    + "the escrow sheet.");
        }
    }

    /// <summary>The key that an unproven created record says it is signed by; null for any other record.</summary>
    public static VerifyingKey? TryReadClaimedSigner(byte[] envelope)
    {
        try
        {
            return Parse(Dsse.ReadUnverified(envelope, DocumentType.Lineage))
                is { Record: LineageRecord.Created, Signer: { } spki }
                ? VerifyingKey.FromSpki(Convert.FromBase64String(spki))
                : null;
        }
        catch (Exception e) when (e is CodecException or JsonException or FormatException)
        {
            return null;
        }
    }

    static string IdOf(byte[] envelope) => Convert.ToHexStringLower(SHA256.HashData(envelope))[..16];

    static LineageRecord Parse(byte[] payload)
        => JsonSerializer.Deserialize(payload, RepositoryJson.Default.LineageRecord)
            ?? throw new JsonException("it is empty");
}
