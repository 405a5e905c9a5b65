using System.Text;
using System.Text.Json;
using TomoBackup.Backups;
using TomoBackup.Backups.Changes;
using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Testing.Repositories;

/// <summary>Writes the backups of a <see cref="SmallRepository"/> with the writers of a real backup, from files
/// that no server made.</summary>
sealed class SmallBackups(
    TestFolder folder,
    Repository repository,
    Lineage lineage,
    SigningKey signer,
    Func<CancellationToken, Task<(EpochId Epoch, EpochKey Key)>> openEpoch)
{
    const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const string Tablespace = "PG_18_202506291";

    static readonly DateTimeOffset Began = new(2026, 3, 2, 11, 0, 0, TimeSpan.Zero);

    public async Task<IReadOnlyList<PlainBackup>> WriteAsync(SmallWal wal, CancellationToken cancellationToken)
    {
        var (firstEpoch, firstKey) = await openEpoch(cancellationToken);
        using var _ = firstKey;
        var first = await WriteAsync(
            new SmallPlan("20260302T110000Z-00000001", 1, wal.First, firstEpoch, firstKey, [], null),
            SmallContent.WithTablespace(Tablespace), cancellationToken);

        var (epoch, key) = await openEpoch(cancellationToken);
        using var __ = key;
        NamedContent[] history = [new NamedContent("00000002.history", wal.History)];
        var second = await WriteAsync(
            new SmallPlan("20260302T130000Z-00000002", 2, wal.Second, epoch, key, history, null),
            SmallContent.WithoutTablespace(), cancellationToken);

        var parent = await ParentBackup.ReadAsync(
            repository, second.Manifest, new OneKey(key), cancellationToken);
        var third = await WriteAsync(
            new SmallPlan("20260302T140000Z-00000003", 2, wal.Third, epoch, key, history, parent),
            SmallContent.Changed(second), cancellationToken);

        return [first, second, third];
    }

    async Task<PlainBackup> WriteAsync(SmallPlan plan, PlainBackup plain, CancellationToken cancellationToken)
    {
        var prefix = RepositoryLayout.Backup(lineage.Id, plan.Generation, plan.Id);
        var factory = new PackFactory(
            repository, prefix, lineage.Id, plan.Epoch, plan.Key, SystemEntropy.Instance, plan.Parent?.LastPack ?? 0);
        await WriteFilesAsync(factory, plain, plan.Parent, cancellationToken);

        var first = WalSegment.Containing(plan.Span.Start, plan.Timeline, WalBuilder.Size);
        var last = WalSegment.LastBefore(plan.Span.Stop, plan.Timeline, WalBuilder.Size);
        var document = Describe(plan, first, plain.Directories.Any(IsTablespace));
        await WriteDocumentAsync(factory, document, cancellationToken);

        var wal = await CollectAsync(prefix, first, last, cancellationToken);
        var manifest = Manifest(plan, first, last, plain, [.. factory.Committed, .. wal]);
        await Catalog.PublishAsync(repository, manifest, signer, cancellationToken);
        return plain with { Manifest = manifest, Cluster = document };
    }

    static bool IsTablespace(string directory) => directory.StartsWith("pg_tblspc/", StringComparison.Ordinal);

    async Task WriteFilesAsync(
        PackFactory factory, PlainBackup plain, ParentBackup? parent, CancellationToken cancellationToken)
    {
        using var compressor = new ZstdCompressor(1);
        await using var pack = await factory.CreateAsync(
            RepositoryLayout.FileListName, PackKind.FileList, null, compressor, cancellationToken);
        var list = new FileListWriter(pack, 512);
        ValueTask Record(FileListLine line, CancellationToken stop) => list.WriteAsync(line, stop);

        foreach (var directory in plain.Directories)
            await Record(new FileListLine { Type = FileListLine.Directory, Path = directory, Mode = "0700" },
                cancellationToken);

        // One worker for each half, so that there are two packs.
        var planned = plain.Files.Select(f => (Plan(f.Key, f.Value), FileListLine.File))
            .Concat(plain.ConfigFiles.Select(f => (Plan(f.Key, f.Value), FileListLine.Config)))
            .ToList();

        foreach (var half in planned.Chunk((planned.Count + 1) / 2))
        {
            var sink = new PackSink(factory, 1, Record);
            var changed = parent is null ? null : Changes(sink, parent, Record);
            await using var worker = new FileCopier(
                PhysicalFileSystem.Instance, sink, null, new CopyTally(), changed, Record);

            foreach (var (file, type) in half)
                await worker.CopyAsync(file, type, cancellationToken);

            await worker.FinishAsync(cancellationToken);
        }

        if (parent is null)
            await Record(
                new FileListLine { Type = FileListLine.Damage, Path = "base/5/2619", Blocks = [1] }, cancellationToken);

        factory.Note(RepositoryLayout.FileListName, await list.CommitAsync(cancellationToken));
    }

    /// <summary>A worker that knows what WAL summaries would say of <see cref="SmallContent.Changed"/>.</summary>
    static ChangedFileCopier Changes(
        PackSink sink, ParentBackup parent, Func<FileListLine, CancellationToken, ValueTask> record)
    {
        var changes = SmallContent.Changes();
        return new ChangedFileCopier(
            PhysicalFileSystem.Instance, sink, null, new CopyTally(), new ChangeSource(parent, changes, null),
            new FileChangeRules(changes, 8192, 131_072), record);
    }

    PlannedFile Plan(string path, byte[] content)
    {
        var source = folder[$"source-{Guid.NewGuid():N}"];
        File.WriteAllBytes(source, content);
        return new PlannedFile(path, source, content.Length, Mode, Began, null);
    }

    static ClusterDocument Describe(SmallPlan plan, WalSegment first, bool hasTablespace)
        => new()
        {
            Label = "small",
            Annotations = new Dictionary<string, string> { ["ticket"] = "17" },
            BackupLabel = Encoding.ASCII.GetBytes(
                $"""
                START WAL LOCATION: {plan.Span.Start} (file {first.Name(WalBuilder.Size)})
                CHECKPOINT LOCATION: {plan.Span.Start}
                BACKUP METHOD: streamed
                BACKUP FROM: primary
                START TIME: 2026-03-02 11:00:00 UTC
                LABEL: tomo-backup {plan.Id}
                START TIMELINE: {first.Timeline}

                """),
            TablespaceMap = hasTablespace ? "16400 /srv/space\n"u8.ToArray() : [],
            History = plan.History,
            Tablespaces = hasTablespace ? [new StoredTablespace(16400, "/srv/space")] : [],
            Settings = new Dictionary<string, string> { ["max_connections"] = "100" },
            PreloadLibraries = [],
            Extensions = [new InstalledExtension("postgres", "plpgsql", "1.0")],
            Collations = [],
        };

    static async Task WriteDocumentAsync(
        PackFactory factory, ClusterDocument document, CancellationToken cancellationToken)
    {
        using var compressor = new ZstdCompressor(1);
        await using var pack = await factory.CreateAsync(
            RepositoryLayout.ClusterName, PackKind.Cluster, null, compressor, cancellationToken);
        await pack.WriteFrameAsync(
            JsonSerializer.SerializeToUtf8Bytes(document, RepositoryJson.Default.ClusterDocument), cancellationToken);
        factory.Note(RepositoryLayout.ClusterName, await pack.CommitAsync(default, cancellationToken));
    }

    async Task<IReadOnlyList<ManifestObject>> CollectAsync(
        string prefix, WalSegment first, WalSegment last, CancellationToken cancellationToken)
    {
        var collector = new WalCollector(
            repository, new WalArchive(repository, lineage.Id), prefix, TimeProvider.System);
        var files = await collector.WaitAsync(
            first, last, WalBuilder.Size, TimeSpan.Zero, _ => { }, cancellationToken);
        return await collector.CopyAsync(files, cancellationToken);
    }

    Manifest Manifest(
        SmallPlan plan, WalSegment first, WalSegment last, PlainBackup plain, IReadOnlyList<ManifestObject> objects)
        => new()
        {
            Format = TomoBackup.Repositories.Manifest.CurrentFormat,
            Cluster = lineage.Cluster,
            Lineage = lineage.Id,
            SystemIdentifier = lineage.SystemIdentifier,
            MajorVersion = lineage.MajorVersion,
            ServerVersion = "18.1",
            Backup = plan.Id,
            Generation = plan.Generation,
            Kind = plan.Parent is null
                ? TomoBackup.Repositories.Manifest.Full
                : TomoBackup.Repositories.Manifest.Incremental,
            Parent = plan.Parent?.Manifest.Backup,
            State = TomoBackup.Repositories.Manifest.Good,
            DamagedBlocks = 0,
            Started = Began,
            Stopped = Began + TimeSpan.FromMinutes(1),
            StartLsn = plan.Span.Start,
            StopLsn = plan.Span.Stop,
            Timeline = first.Timeline,
            WalFirst = first.Name(WalBuilder.Size),
            WalLast = last.Name(WalBuilder.Size),
            WalSegmentSize = WalBuilder.Size.Bytes,
            BlockSize = 8192,
            SegmentBlocks = 131_072,
            DataChecksums = true,
            Epoch = plan.Epoch,
            FileCount = plain.Files.Count,
            FileBytes = plain.Files.Values.Concat(plain.ConfigFiles.Values).Sum(f => (long)f.Length),
            StoredBytes = objects.Sum(o => o.Length),
            Objects = [.. objects.OrderBy(o => o.Name, StringComparer.Ordinal)],
            References = plan.Parent?.Packs ?? [],
            Tool = "tests",
        };
}
