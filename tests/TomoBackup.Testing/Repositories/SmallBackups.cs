using System.Text;
using System.Text.Json;
using TomoBackup.Backups;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;
using TomoBackup.Testing.Tiny;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Testing.Repositories;

/// <summary>Writes the two backups of a <see cref="SmallRepository"/> with the writers of a real backup, from files
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
        =>
        [
            await WriteAsync("20260302T110000Z-00000001", 1, wal.First, true, [], cancellationToken),
            await WriteAsync(
                "20260302T130000Z-00000002", 2, wal.Second, false,
                [new NamedContent("00000002.history", wal.History)], cancellationToken),
        ];

    async Task<PlainBackup> WriteAsync(
        string id,
        uint timeline,
        (Lsn Start, Lsn Stop) span,
        bool hasTablespace,
        IReadOnlyList<NamedContent> history,
        CancellationToken cancellationToken)
    {
        var (epoch, key) = await openEpoch(cancellationToken);
        using var _ = key;
        var prefix = RepositoryLayout.Backup(lineage.Id, id, id);
        var factory = new PackFactory(repository, prefix, lineage.Id, epoch, key, SystemEntropy.Instance, 0);

        var plain = Content(hasTablespace);
        await WriteFilesAsync(factory, plain, cancellationToken);

        var first = WalSegment.Containing(span.Start, timeline, WalBuilder.Size);
        var last = WalSegment.LastBefore(span.Stop, timeline, WalBuilder.Size);
        var document = Describe(id, first, span.Start, hasTablespace, history);
        await WriteDocumentAsync(factory, document, cancellationToken);

        var wal = await CollectAsync(prefix, first, last, cancellationToken);
        var manifest = Manifest(id, epoch, first, last, span, plain, [.. factory.Committed, .. wal]);
        await Catalog.PublishAsync(repository, manifest, signer, cancellationToken);
        return plain with { Manifest = manifest, Cluster = document };
    }

    /// <summary>Small files that share a frame, an empty one, one of three frames, one outside the data
    /// directory.</summary>
    static PlainBackup Content(bool hasTablespace)
    {
        var files = new Dictionary<string, byte[]>
        {
            ["PG_VERSION"] = "18\n"u8.ToArray(),
            ["base/5/1259"] = Pages(75),
            ["base/5/2619"] = Pages(2),
            ["base/5/2620"] = [],
            ["global/pg_control"] = TinyCluster.ReadControlFile(),
        };

        List<string> directories = ["base", "base/5", "global", "pg_wal"];

        if (hasTablespace)
        {
            directories.AddRange([$"pg_tblspc/16400/{Tablespace}", $"pg_tblspc/16400/{Tablespace}/5"]);
            files[$"pg_tblspc/16400/{Tablespace}/5/16401"] = Pages(3);
        }

        return new PlainBackup(
            null!, null!, directories, files,
            new Dictionary<string, byte[]> { ["/etc/postgresql/pg_hba.conf"] = "local all all peer\n"u8.ToArray() });
    }

    /// <summary>Pages that differ and compress well.</summary>
    static byte[] Pages(int count)
    {
        var bytes = new byte[count * 8192];

        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i / 8192);

        return bytes;
    }

    async Task WriteFilesAsync(PackFactory factory, PlainBackup plain, CancellationToken cancellationToken)
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
            await using var worker = new FileCopier(
                PhysicalFileSystem.Instance, new PackSink(factory, 1, Record), null, new CopyTally(), null, Record);

            foreach (var (file, type) in half)
                await worker.CopyAsync(file, type, cancellationToken);

            await worker.FinishAsync(cancellationToken);
        }

        await Record(new FileListLine { Type = FileListLine.Damage, Path = "base/5/2619", Blocks = [1] },
            cancellationToken);
        factory.Note(RepositoryLayout.FileListName, await list.CommitAsync(cancellationToken));
    }

    PlannedFile Plan(string path, byte[] content)
    {
        var source = folder[$"source-{Guid.NewGuid():N}"];
        File.WriteAllBytes(source, content);
        return new PlannedFile(path, source, content.Length, Mode, Began, null);
    }

    static ClusterDocument Describe(
        string id, WalSegment first, Lsn start, bool hasTablespace, IReadOnlyList<NamedContent> history)
        => new()
        {
            Label = "small",
            Annotations = new Dictionary<string, string> { ["ticket"] = "17" },
            BackupLabel = Encoding.ASCII.GetBytes(
                $"""
                START WAL LOCATION: {start} (file {first.Name(WalBuilder.Size)})
                CHECKPOINT LOCATION: {start}
                BACKUP METHOD: streamed
                BACKUP FROM: primary
                START TIME: 2026-03-02 11:00:00 UTC
                LABEL: tomo-backup {id}
                START TIMELINE: {first.Timeline}

                """),
            TablespaceMap = hasTablespace ? "16400 /srv/space\n"u8.ToArray() : [],
            History = history,
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
        string id,
        EpochId epoch,
        WalSegment first,
        WalSegment last,
        (Lsn Start, Lsn Stop) span,
        PlainBackup plain,
        IReadOnlyList<ManifestObject> objects)
        => new()
        {
            Format = TomoBackup.Repositories.Manifest.CurrentFormat,
            Cluster = lineage.Cluster,
            Lineage = lineage.Id,
            SystemIdentifier = lineage.SystemIdentifier,
            MajorVersion = lineage.MajorVersion,
            ServerVersion = "18.1",
            Backup = id,
            Generation = id,
            Kind = TomoBackup.Repositories.Manifest.Full,
            Parent = null,
            State = TomoBackup.Repositories.Manifest.Good,
            DamagedBlocks = 0,
            Started = Began,
            Stopped = Began + TimeSpan.FromMinutes(1),
            StartLsn = span.Start,
            StopLsn = span.Stop,
            Timeline = first.Timeline,
            WalFirst = first.Name(WalBuilder.Size),
            WalLast = last.Name(WalBuilder.Size),
            WalSegmentSize = WalBuilder.Size.Bytes,
            BlockSize = 8192,
            SegmentBlocks = 131_072,
            DataChecksums = true,
            Epoch = epoch,
            FileCount = plain.Files.Count,
            FileBytes = plain.Files.Values.Concat(plain.ConfigFiles.Values).Sum(f => (long)f.Length),
            StoredBytes = objects.Sum(o => o.Length),
            Objects = [.. objects.OrderBy(o => o.Name, StringComparer.Ordinal)],
            References = [],
            Tool = "tests",
        };
}
