using System.Globalization;
using System.Text;
using System.Text.Json;
using TomoBackup.Archiving;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Postgres;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Testing.Repositories;

/// <summary>Makes a <see cref="SmallRepository"/>, in the order in which a real one comes about.</summary>
sealed class SmallRepositoryBuilder
{
    /// <summary>Of 2 March 2026, as WAL counts: microseconds since 2000.</summary>
    const long Noon = (9557L * 86_400 + 43_200) * 1_000_000;

    readonly TestFolder _folder;
    readonly MemoryObjectStore _store;
    readonly SigningKey _signer = SigningKey.Generate();
    readonly AgeIdentity _operational = AgeIdentity.Generate(SystemEntropy.Instance);
    readonly AgeIdentity _escrow = AgeIdentity.Generate(SystemEntropy.Instance);
    readonly LineageId _id = LineageId.New(SystemEntropy.Instance);
    readonly Dictionary<string, byte[]> _wal = [];
    readonly HostState _state;
    readonly Repository _repository;
    readonly EpochOpener _opener;

    SmallRepositoryBuilder(TestFolder folder, MemoryObjectStore store)
    {
        (_folder, _store) = (folder, store);
        _state = new HostState(PhysicalFileSystem.Instance, _folder["state"], SystemEntropy.Instance);
        _repository = new Repository("small", _store, LineageId.New(SystemEntropy.Instance).ToString());
        _opener = new EpochOpener(
            [_repository], _signer, _state.OpenEpochs(_id), SystemEntropy.Instance, TimeProvider.System);
    }

    public static async Task<SmallRepository> BuildAsync(CancellationToken cancellationToken)
    {
        using var folder = new TestFolder();
        return await new SmallRepositoryBuilder(folder, new MemoryObjectStore()).RunAsync(cancellationToken);
    }

    async Task<SmallRepository> RunAsync(CancellationToken cancellationToken)
    {
        await _repository.WriteOnceAsync(
            RepositoryLayout.Marker,
            JsonSerializer.SerializeToUtf8Bytes(
                new RepositoryMarker(RepositoryMarker.FormatName, RepositoryMarker.CurrentVersion, _repository.Id),
                RepositoryJson.Default.RepositoryMarker),
            cancellationToken);

        var (idEpoch, idEpochKey) = await OpenAsync(EpochRecord.Id, cancellationToken);
        using var idKey = new IdKey(idEpochKey);
        await BeginLineageAsync(idEpoch, cancellationToken);

        var lineage = await FindAsync(cancellationToken);
        var (walEpoch, walKey) = await OpenAsync(EpochRecord.Wal, cancellationToken);
        var pusher = new WalPusher(
            new ArchivingContext
            {
                Repositories = [_repository],
                Lineage = lineage,
                State = _state,
                Signer = _signer,
                Files = PhysicalFileSystem.Instance,
                Entropy = SystemEntropy.Instance,
                Time = TimeProvider.System,
            },
            idKey, walEpoch, walKey);

        await using (pusher)
        {
            var backups = await new SmallBackups(_folder, _repository, lineage, _signer, t
                => OpenAsync(EpochRecord.Backup, t))
                .WriteAsync(await ArchiveAsync(pusher, cancellationToken), cancellationToken);

            return new SmallRepository
            {
                Store = _store,
                Repository = _repository,
                Lineage = await FindAsync(cancellationToken),
                Signer = _signer,
                Operational = _operational,
                Escrow = _escrow,
                Wal = _wal,
                Backups = backups,
            };
        }
    }

    async Task BeginLineageAsync(EpochId idEpoch, CancellationToken cancellationToken)
    {
        var record = new LineageRecord
        {
            Record = LineageRecord.Created,
            Cluster = SmallRepository.Cluster,
            Number = 1,
            Lineage = _id,
            Time = TimeProvider.System.GetUtcNow(),
            Host = _state.HostId(),
            SystemIdentifier = WalBuilder.SystemId.ToString(CultureInfo.InvariantCulture),
            MajorVersion = 18,
            Signer = Convert.ToBase64String(_signer.Public.Spki.Span),
            IdEpoch = idEpoch,
            Recipients = [_operational.Recipient.ToString(), _escrow.Recipient.ToString()],
        };

        await LineageBook.AppendAsync([_repository], record, _signer, cancellationToken);

        _state.WriteCluster(SmallRepository.Cluster, new TomoBackup.Repositories.ClusterState
        {
            Lineage = _id,
            SystemIdentifier = record.SystemIdentifier,
            MajorVersion = 18,
            IdEpoch = idEpoch,
            Recipients = record.Recipients,
            Claims = [],
        });
    }

    async Task<Lineage> FindAsync(CancellationToken cancellationToken)
        => (await LineageBook.FindAsync(
            _repository,
            SmallRepository.Cluster,
            new SignerTrust(new HashSet<Fingerprint>([_signer.Fingerprint])),
            cancellationToken))!;

    Task<(EpochId Epoch, EpochKey Key)> OpenAsync(string purpose, CancellationToken cancellationToken)
        => _opener.OpenAsync(_id, [_operational.Recipient, _escrow.Recipient], purpose, cancellationToken);

    /// <summary>Timeline 1: segments 3 and 4, and 5 unfinished; timeline 2, which left it in 5: segments 5 and
    /// 6.</summary>
    async Task<SmallWal> ArchiveAsync(WalPusher pusher, CancellationToken cancellationToken)
    {
        var wal = new WalBuilder();
        wal.Filler(200);
        var start = wal.Filler(40);
        wal.Commit(Noon);
        wal.RestorePoint("before lunch", Noon + 1_000_000);
        wal.Switch();
        wal.Commit(Noon + 2_000_000);
        var stop = wal.Filler(100);
        wal.Commit(Noon + 3_000_000);
        wal.Filler(1 << 20);
        wal.Commit(Noon + 4_000_000);

        var unfinished = wal[2].ToArray();
        var fork = wal.Position;
        wal.Timeline = 2;
        wal.Commit(Noon + 5_000_000);
        wal.Switch();
        var secondStart = wal.Filler(60);
        wal.Abort(Noon + 6_000_000);
        var secondStop = wal.Filler(60);
        var thirdStart = wal.Filler(60);
        var thirdStop = wal.Filler(60);
        wal.Commit(Noon + 7_000_000);
        wal.Switch();

        foreach (var (name, content) in new[]
        {
            ("000000010000000000000003", wal[0]),
            ("000000010000000000000004", wal[1]),
            ($"000000010000000000000003.{start.Value & 0xFFFFF:X8}.backup",
                "START WAL LOCATION: as PostgreSQL notes it\n"u8.ToArray()),
            ("000000010000000000000005.partial", unfinished),
            ("00000002.history", Encoding.ASCII.GetBytes($"1\t{fork}\tno recovery target specified\n")),
            ("000000020000000000000005", wal[2]),
            ("000000020000000000000006", wal[3]),
        })
        {
            _wal.Add(name, content);
            await File.WriteAllBytesAsync(_folder[name], content, cancellationToken);
            await pusher.PushAsync(name, _folder[name], cancellationToken);
        }

        return new SmallWal(
            (start, stop), (secondStart, secondStop), (thirdStart, thirdStop), _wal["00000002.history"]);
    }
}

/// <summary>Where the backups begin and end, and the history of the later ones' timeline.</summary>
sealed record SmallWal(
    (Lsn Start, Lsn Stop) First, (Lsn Start, Lsn Stop) Second, (Lsn Start, Lsn Stop) Third, byte[] History);
