using System.Collections.Concurrent;
using TomoBackup.Backups.Changes;
using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Transfer;

namespace TomoBackup.Backups;

/// <summary>Copies everything that lies in files while the server is in backup mode: pg_control last.</summary>
sealed class DataDirectoryCopy(
    BackupContext context,
    BackupOptions options,
    ServerFacts facts,
    PackFactory factory,
    Lsn start,
    ChangeSource? source) : IDisposable
{
    static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    readonly CopyTally _tally = new();
    readonly ConcurrentBag<DamagedFile> _damage = [];
    readonly SemaphoreSlim _listTurn = new(1);
    long _lastByteRead;

    /// <summary>Plans, copies, and commits the file list.</summary>
    public async Task<CopiedFiles> RunAsync(CancellationToken cancellationToken)
    {
        var control = LiveControlFile.Read(context.Files, facts.DataDirectory, context.Time, out _);
        var plan = Plan(control);
        using var compressor = new ZstdCompressor(options.CompressionLevel);
        var pack = await factory
            .CreateAsync(RepositoryLayout.FileListName, PackKind.FileList, null, compressor, cancellationToken)
            .ConfigureAwait(false);

        await using (pack.ConfigureAwait(false))
        {
            var list = new FileListWriter(pack, PackSink.FrameBytes);

            foreach (var directory in plan.Directories)
                await list.WriteAsync(Line(directory), cancellationToken).ConfigureAwait(false);

            using (ReportProgress(plan.Bytes))
                await CopyAllAsync(plan, control, list, cancellationToken).ConfigureAwait(false);

            await CopyControlFileAsync(list, cancellationToken).ConfigureAwait(false);
            factory.Note(RepositoryLayout.FileListName, await list.CommitAsync(cancellationToken)
                .ConfigureAwait(false));
        }

        return new CopiedFiles(
            control, _tally.Files, _tally.Bytes, _tally.ReferencedBytes,
            [.. _damage.OrderBy(d => d.Path, StringComparer.Ordinal)],
            _tally.VanishedFiles, _lastByteRead, context.Time.GetUtcNow());
    }

    /// <inheritdoc/>
    public void Dispose() => _listTurn.Dispose();

    BackupPlan Plan(ControlFile control)
        => DataDirectoryWalk.Plan(
            context.Files,
            facts.DataDirectory,
            $"PG_{facts.Major}_{control.CatalogVersion}",
            control.BlocksPerSegment,
            [.. OutsideFiles(facts)]);

    async Task CopyAllAsync(
        BackupPlan plan, ControlFile control, FileListWriter list, CancellationToken cancellationToken)
    {
        var items = plan.Files.Select(f => (File: f, Type: FileListLine.File))
            .Concat(plan.ConfigFiles.Select(f => (File: f, Type: FileListLine.Config)));

        await WorkCrew.RunAsync(
            items,
            options.Workers,
            _ => Hire(control, list),
            (worker, item, stop) => worker.CopyAsync(item.File, item.Type, stop),
            (worker, stop) =>
            {
                Interlocked.Exchange(ref _lastByteRead, context.Time.GetTimestamp());
                return worker.FinishAsync(stop);
            },
            cancellationToken).ConfigureAwait(false);
    }

    async Task CopyControlFileAsync(FileListWriter list, CancellationToken cancellationToken)
    {
        LiveControlFile.Read(context.Files, facts.DataDirectory, context.Time, out var bytes);
        var place = $"{facts.DataDirectory}/{DataDirectoryRules.ControlFilePath}";
        var entry = context.Files.Stat(place)!;
        var worker = Hire(null, list);

        await using (worker.ConfigureAwait(false))
        {
            await worker.StoreAsync(
                new PlannedFile(
                    DataDirectoryRules.ControlFilePath,
                    place,
                    bytes.Length,
                    entry.Mode,
                    entry.Modified,
                    null),
                bytes,
                cancellationToken).ConfigureAwait(false);
            await worker.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    FileCopier Hire(ControlFile? control, FileListWriter list)
    {
        ValueTask Record(FileListLine line, CancellationToken stop) => RecordAsync(list, line, stop);

        var inspector = control is { DataChecksums: true }
            ? new PageInspector(start, control.BlockBytes, context.Time)
            : null;

        var sink = new PackSink(factory, options.CompressionLevel, Record);

        var changed = source is not null && control is not null
            ? new ChangedFileCopier(
                context.Files,
                sink,
                inspector,
                _tally,
                source,
                new FileChangeRules(source.Changes, control.BlockBytes, control.BlocksPerSegment),
                Record)
            : null;

        return new FileCopier(context.Files, sink, inspector, _tally, changed, Record);
    }

    async ValueTask RecordAsync(FileListWriter list, FileListLine line, CancellationToken cancellationToken)
    {
        if (line.Type == FileListLine.Damage)
            _damage.Add(new DamagedFile(line.Path!, line.Blocks!));

        if (line.Type == FileListLine.File)
            _tally.Recorded();

        await _listTurn.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            await list.WriteAsync(line, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _listTurn.Release();
        }
    }

    ITimer ReportProgress(long total)
        => context.Time.CreateTimer(
            _ => context.Progress.Report(
                new OperationProgress("copying", _tally.Bytes + _tally.ReferencedBytes, total)),
            null, TimeSpan.Zero, ProgressInterval);

    static FileListLine Line(PlannedDirectory directory)
        => new()
        {
            Type = FileListLine.Directory,
            Path = directory.Path,
            Mode = FileCopier.ModeText(directory.Mode),
        };

    static IEnumerable<string> OutsideFiles(ServerFacts facts)
        => new[] { facts.Files.Config, facts.Files.Hba, facts.Files.Ident }
            .Concat(facts.Files.Included)
            .Where(path => path.StartsWith('/')
                && !path.StartsWith(facts.DataDirectory + "/", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);
}

/// <summary>What was copied while the server was in backup mode.</summary>
/// <param name="Bytes">Plain bytes that were copied.</param>
/// <param name="ReferencedBytes">Plain bytes that an earlier backup of the generation holds.</param>
/// <param name="LastByteRead">Timestamp when the last worker ran out of files.</param>
/// <param name="Stopped">When all of it was durable.</param>
sealed record CopiedFiles(
    ControlFile Control,
    long Files,
    long Bytes,
    long ReferencedBytes,
    IReadOnlyList<DamagedFile> Damage,
    int VanishedFiles,
    long LastByteRead,
    DateTimeOffset Stopped);
