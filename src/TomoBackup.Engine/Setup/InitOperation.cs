using System.Text;
using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Setup;

/// <summary>
/// Makes what a cluster's backups stand on: the repository, this host's keys, two recovery keys, the lineage. May be
/// run again at any time: it keeps what is there and makes what is missing. It does not finish before a value was
/// decrypted with each recovery key, read back from each repository: a key that was never tried is no key.
/// </summary>
sealed class InitOperation(InitContext context)
{
    const int MaxFileBytes = 1 << 20;
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Runs it.</summary>
    public async Task<InitReport> RunAsync(CancellationToken cancellationToken)
    {
        using var signer = context.State.ReadOrCreateSigningKey();
        var repositories = await OpenRepositoriesAsync(cancellationToken).ConfigureAwait(false);
        var trust = new SignerTrust(new HashSet<Fingerprint>([signer.Fingerprint]));
        var present = await LineageBook.FindAsync(repositories[0], context.Cluster, trust, cancellationToken)
            .ConfigureAwait(false);

        var isNew = present is null
            || present.SystemIdentifier != context.SystemIdentifier || present.MajorVersion != context.MajorVersion;

        var lineage = isNew
            ? await CreateAsync(repositories, signer, present, cancellationToken).ConfigureAwait(false)
            : present!;

        foreach (var repository in repositories.Skip(1))
            await CopyAsync(repositories[0], repository, lineage, cancellationToken).ConfigureAwait(false);

        var tried = await TryKeysAsync(repositories, lineage, cancellationToken).ConfigureAwait(false);
        Remember(lineage, isNew);

        return new InitReport(
            context.Cluster, lineage.Id.ToString(), lineage.SystemIdentifier, lineage.MajorVersion, isNew,
            signer.Fingerprint.ToString(), [.. lineage.Recipients.Select(r => r.ToString())], tried,
            context.IdentityFile, context.Made.EscrowSheet, IsSealed: context.IdentityFile is null);
    }

    async Task<List<Repository>> OpenRepositoriesAsync(CancellationToken cancellationToken)
    {
        var marker = (RepositoryMarker?)null;

        foreach (var (_, store) in context.Stores)
            marker ??= await Repository.TryReadMarkerAsync(store, cancellationToken).ConfigureAwait(false);

        marker ??= new RepositoryMarker(RepositoryMarker.FormatName, RepositoryMarker.CurrentVersion, NewId());
        var bytes = JsonSerializer.SerializeToUtf8Bytes(marker, RepositoryJson.Default.RepositoryMarker);
        var repositories = new List<Repository>();

        foreach (var (name, store) in context.Stores)
        {
            await store.WriteAllAsync(RepositoryLayout.Marker, bytes, cancellationToken).ConfigureAwait(false);
            repositories.Add(await Repository.OpenAsync(name, store, cancellationToken).ConfigureAwait(false));
        }

        return repositories;
    }

    async Task<Lineage> CreateAsync(
        List<Repository> repositories, SigningKey signer, Lineage? before, CancellationToken cancellationToken)
    {
        var recipients = context.Recipients.Count > 0
            ? context.Recipients
            : before?.Recipients ?? MakeIdentities(signer);
        var id = LineageId.New(context.Entropy);
        var opener = new EpochOpener(
            repositories, signer, context.State.OpenEpochs(id), context.Entropy, context.Time);
        var (epoch, key) = await opener.OpenAsync(id, recipients, EpochRecord.Id, cancellationToken)
            .ConfigureAwait(false);
        key.Dispose();

        var record = new LineageRecord
        {
            Record = LineageRecord.Created,
            Cluster = context.Cluster,
            Number = (before?.LastNumber ?? 0) + 1,
            Lineage = id,
            Time = context.Time.GetUtcNow(),
            Host = context.State.HostId(),
            SystemIdentifier = context.SystemIdentifier,
            MajorVersion = context.MajorVersion,
            Signer = Convert.ToBase64String(signer.Public.Spki.Span),
            IdEpoch = epoch,
            Recipients = [.. recipients.Select(r => r.ToString())],
        };

        await LineageBook.AppendAsync(repositories, record, signer, cancellationToken).ConfigureAwait(false);
        var trust = new SignerTrust(new HashSet<Fingerprint>([signer.Fingerprint]));
        return (await LineageBook.FindAsync(repositories[0], context.Cluster, trust, cancellationToken)
            .ConfigureAwait(false))!;
    }

    /// <summary>An operational key on this host, and an escrow key on a sheet that is to leave it.</summary>
    List<AgeRecipient> MakeIdentities(SigningKey signer)
    {
        if (context.IdentityFile is not { } path)
            throw TomoBackupException.Create(
                ErrorCode.Policy,
                "the policy names neither 'encryption.recipients' nor 'encryption.identity'",
                hint: "Name a file in 'encryption.identity.file', and init makes two recovery keys; or give two "
                    + "recipients made elsewhere ('tomo-backup key generate').");

        using var operational = ReadIdentity(path) ?? MakeIdentity(path, signer);
        using var escrow = AgeIdentity.Generate(context.Entropy);
        var sheet = $"{Path.GetDirectoryName(path)}/escrow-sheet-{context.Cluster}.txt";
        var text = EscrowSheet.Text(context.Cluster, context.Time.GetUtcNow(), signer.Fingerprint, escrow);

        if (!context.Files.WriteNew(sheet, Encoding.UTF8.GetBytes(text), Private))
            throw TomoBackupException.Create(
                ErrorCode.Refused, $"an escrow sheet lies at '{sheet}' already",
                hint: "It belongs to an earlier init. Print it, put it away, and remove it from this host.");

        context.Made.EscrowSheet = sheet;
        return [operational.Recipient, escrow.Recipient];
    }

    AgeIdentity? ReadIdentity(string path)
    {
        if (context.Files.ReadAll(path, MaxFileBytes) is not { } bytes)
            return null;

        using var file = IdentityFile.Parse(Encoding.UTF8.GetString(bytes));
        return AgeIdentity.Parse(file.Identities[0].ExportText());
    }

    AgeIdentity MakeIdentity(string path, SigningKey signer)
    {
        var identity = AgeIdentity.Generate(context.Entropy);
        context.Files.CreateDirectories(
            Path.GetDirectoryName(path)!, Private | UnixFileMode.UserExecute);
        context.Files.WriteNew(
            path, Encoding.UTF8.GetBytes(IdentityFile.Write(identity, [signer.Fingerprint])), Private);
        return identity;
    }

    /// <summary>A repository that was added later gets the lineage's records and keys, byte for byte.</summary>
    static async Task CopyAsync(
        Repository from, Repository to, Lineage lineage, CancellationToken cancellationToken)
    {
        foreach (var prefix in new[] { RepositoryLayout.Keys(lineage.Id), RepositoryLayout.Lineages(lineage.Cluster) })
            await foreach (var entry in from.Store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
                if (await from.TryReadAsync(entry.Key, cancellationToken).ConfigureAwait(false) is { } bytes)
                    await to.WriteOnceAsync(entry.Key, bytes, cancellationToken).ConfigureAwait(false);
    }

    async Task<List<string>> TryKeysAsync(
        List<Repository> repositories, Lineage lineage, CancellationToken cancellationToken)
    {
        var tried = new List<string>();

        foreach (var recipient in lineage.Recipients)
        {
            using var identity = IdentityOf(recipient) ?? throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"the recovery key of recipient '{recipient}' was not tried",
                hint: "Give its file once with '--identity FILE' (from the stick or sheet where it is kept); it is "
                    + "read and not stored.");

            foreach (var repository in repositories)
            {
                using var ring = new KeyRing(repository, lineage, new NoOpenEpochs(context.Files), [identity]);
                await ring.GetAsync(lineage.IdEpoch, cancellationToken).ConfigureAwait(false);
            }

            tried.Add(recipient.ToString());
        }

        // A host that lost its id key gets it back from any recovery key.
        var open = context.State.OpenEpochs(lineage.Id);

        if (open.TryRead(lineage.IdEpoch) is { } present)
            present.Dispose();
        else
        {
            using var identity = IdentityOf(lineage.Recipients[0])!;
            using var ring = new KeyRing(repositories[0], lineage, new NoOpenEpochs(context.Files), [identity]);
            open.Keep(lineage.IdEpoch, await ring.GetAsync(lineage.IdEpoch, cancellationToken).ConfigureAwait(false));
        }

        return tried;
    }

    AgeIdentity? IdentityOf(AgeRecipient recipient)
    {
        string?[] paths =
        [
            context.IdentityFile, context.Made.EscrowSheet, SheetBeside(context.IdentityFile),
            .. context.GivenIdentities,
        ];

        foreach (var path in paths.OfType<string>())
        {
            if (context.Files.ReadAll(path, MaxFileBytes) is not { } bytes)
                continue;

            using var file = IdentityFile.Parse(Encoding.UTF8.GetString(bytes));

            if (file.Identities.FirstOrDefault(i => i.Recipient == recipient) is { } identity)
                return AgeIdentity.Parse(identity.ExportText());
        }

        return null;
    }

    string? SheetBeside(string? identityFile)
        => identityFile is null ? null : $"{Path.GetDirectoryName(identityFile)}/escrow-sheet-{context.Cluster}.txt";

    void Remember(Lineage lineage, bool isNew)
    {
        var known = isNew ? null : context.State.TryReadCluster(context.Cluster);

        context.State.WriteCluster(context.Cluster, new ClusterState
        {
            Lineage = lineage.Id,
            SystemIdentifier = lineage.SystemIdentifier,
            MajorVersion = lineage.MajorVersion,
            IdEpoch = lineage.IdEpoch,
            Recipients = [.. lineage.Recipients.Select(r => r.ToString())],
            Claims = known?.Claims ?? [],
            WalEpoch = known?.WalEpoch,
            WalEpochOpened = known?.WalEpochOpened,
        });
    }

    string NewId()
    {
        Span<byte> id = stackalloc byte[16];
        context.Entropy.Fill(id);
        return Convert.ToHexStringLower(id);
    }
}
