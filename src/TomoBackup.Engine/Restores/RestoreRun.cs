using System.Collections.Concurrent;
using System.Text;
using TomoBackup.Operations;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>
/// Carries out a plan: files, WAL, labels, settings, pg_control last. Until pg_control stands there the directory is no
/// cluster, so a restore that was killed can never be started by mistake.
/// </summary>
/// <param name="windows">For packs that are far away.</param>
sealed class RestoreRun(RestoreContext context, RestorePlan plan, RestoreOptions options, PackWindows windows)
{
    const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;
    /// <summary>Where configuration files from outside the data directory go.</summary>
    public const string ConfigFolder = "external_config";

    static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    readonly IFileSystem _files = context.Files;
    readonly string _root = options.Directory;
    readonly BackupContents _contents = new(context.Repository, plan.Backup, context.Sources.Keys, windows);
    readonly RestoredFiles _restored = new();
    FileListLine? _control;
    long _bytes;

    /// <summary>Restores all files and makes them durable.</summary>
    public async Task<(long Bytes, TimeSpan Copy, TimeSpan Sync)> RunAsync(
        ClusterDocument cluster, TablespaceMap tablespaces, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();

        _files.CreateDirectories(_root, PrivateFolder);
        _files.SetMode(_root, PrivateFolder);

        var unfinished = new UnfinishedRestore(_files, _root);
        using var turn = unfinished.Begin(plan.Backup.Backup, tablespaces);
        MakeTablespaces(tablespaces);

        using (ReportProgress())
            await RestoreFilesAsync(cancellationToken).ConfigureAwait(false);

        foreach (var directory in DataDirectoryRules.RequiredDirectories(plan.Backup.MajorVersion))
            _files.CreateDirectories($"{_root}/{directory}", PrivateFolder);

        await RestoreWalAsync(cluster, cancellationToken).ConfigureAwait(false);
        await WriteSessionAsync(cancellationToken).ConfigureAwait(false);
        WriteLabels(cluster, tablespaces);
        AppendSettings(cluster);

        var control = await ReadControlFileAsync(cancellationToken).ConfigureAwait(false);
        Create("backup_manifest", _restored.Manifest(plan.Backup), synced: false);
        HandOver(tablespaces);
        var copy = context.Time.GetElapsedTime(began);

        context.Progress.Report(new OperationProgress("making durable", _bytes, null));
        Sync(tablespaces);
        Finish(control);
        unfinished.End();
        return (_bytes, copy, context.Time.GetElapsedTime(began) - copy);
    }

    void MakeTablespaces(TablespaceMap tablespaces)
    {
        _files.CreateDirectory($"{_root}/pg_tblspc", PrivateFolder);

        foreach (var location in tablespaces.Locations)
        {
            _files.CreateDirectories(location.Path, PrivateFolder);
            _files.CreateSymbolicLink($"{_root}/pg_tblspc/{location.Oid}", location.Path);
        }
    }

    async Task RestoreFilesAsync(CancellationToken cancellationToken)
    {
        var tools = new ConcurrentBag<FileRestorer>();
        var limits = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Workers,
            CancellationToken = cancellationToken,
        };

        try
        {
            await Parallel.ForEachAsync(FilesAsync(cancellationToken), limits, async (line, stop) =>
            {
                if (!tools.TryTake(out var tool))
                    tool = new FileRestorer(_contents, plan.Backup, _files);

                if (IsOutside(line))
                    await OutsideConfiguration.RestoreAsync(tool, line, _files, GiveAway, stop).ConfigureAwait(false);
                else
                    await RestoreAsync(tool, line, stop).ConfigureAwait(false);

                Interlocked.Add(ref _bytes, line.Size!.Value);
                tools.Add(tool);
            }).ConfigureAwait(false);
        }
        finally
        {
            foreach (var tool in tools)
                await tool.DisposeAsync().ConfigureAwait(false);
        }
    }

    async Task RestoreAsync(FileRestorer tool, FileListLine line, CancellationToken cancellationToken)
    {
        var path = RelativePathOf(line);
        var crc = await tool.RestoreAsync(line, $"{_root}/{path}", cancellationToken).ConfigureAwait(false);
        _restored.Note(path, line.Size!.Value, line.Modified!.Value, crc);
    }

    /// <summary>Directories are made as they come, before what they hold; pg_control is kept for the end.</summary>
    async IAsyncEnumerable<FileListLine> FilesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in _contents.ReadFilesAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (line.Type)
            {
                case FileListLine.Directory:
                    _files.CreateDirectory($"{_root}/{line.Path}", PrivateFolder);
                    break;

                case FileListLine.File when line.Path == DataDirectoryRules.ControlFilePath:
                    _control = line;
                    break;

                case FileListLine.File:
                    yield return line;
                    break;

                case FileListLine.Config when !IsOutside(line):
                    _files.CreateDirectories(Path.GetDirectoryName($"{_root}/{RelativePathOf(line)}")!, PrivateFolder);
                    yield return line;
                    break;

                case FileListLine.Config when _files.Stat(line.Path!) is null:
                    yield return line;
                    break;
            }
        }
    }

    async Task RestoreWalAsync(ClusterDocument cluster, CancellationToken cancellationToken)
    {
        context.Progress.Report(new OperationProgress("restoring WAL", 0, null));

        foreach (var history in cluster.History)
            Create($"pg_wal/{history.Name}", history.Content, synced: false);

        foreach (var (name, objectName) in _contents.Wal())
            Create(
                $"pg_wal/{name}", await _contents.ReadWalAsync(objectName, cancellationToken).ConfigureAwait(false),
                synced: false);
    }

    async Task WriteSessionAsync(CancellationToken cancellationToken)
    {
        var session = await SessionPlan.MakeAsync(context.Sources, plan, cancellationToken).ConfigureAwait(false);
        (session with { Access = context.Access }).Write(_files, $"{_root}/{RecoverySession.Folder}");
    }

    void WriteLabels(ClusterDocument cluster, TablespaceMap tablespaces)
    {
        CreateNoted("backup_label", cluster.BackupLabel);

        if (tablespaces.Locations.Count > 0)
            CreateNoted("tablespace_map", Encoding.UTF8.GetBytes(tablespaces.Format()));

        Create("recovery.signal", [], synced: false);
    }

    void AppendSettings(ClusterDocument cluster)
    {
        const string Name = "postgresql.auto.conf";
        var path = $"{_root}/{Name}";
        var present = _files.ReadAll(path, 16 << 20) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
        var block = RecoveryConfiguration.Block(
            plan, GetCommand(context.Program), cluster.Settings, options.Pause, archives: options.InPlace);

        var text = RecoveryConfiguration.Without(present);
        var lineEnd = text.Length > 0 && !text.EndsWith('\n') ? "\n" : "";
        _files.WriteReplace(path, Encoding.UTF8.GetBytes(text + lineEnd + block), PrivateFile);
    }

    /// <summary>Relative, because PostgreSQL runs it in the data directory: the directory may be moved.</summary>
    static string GetCommand(string program)
        => $"\"{program.Replace("%", "%%", StringComparison.Ordinal)}\" "
            + $"wal get --recovery {RecoverySession.Folder} %f \"%p\"";

    async Task<byte[]> ReadControlFileAsync(CancellationToken cancellationToken)
    {
        var line = _control ?? throw TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"backup '{plan.Backup.Backup}' holds no '{DataDirectoryRules.ControlFilePath}'");

        var tool = new FileRestorer(_contents, plan.Backup, _files);

        await using (tool.ConfigureAwait(false))
        {
            // Without backup_label the server would start from this checkpoint, silently and wrong (facts §9.1).
            var control = ControlFile.WithUnusableCheckpoint(
                await tool.ReadAllAsync(line, cancellationToken).ConfigureAwait(false));
            _restored.Note(line.Path!, control.Length, line.Modified!.Value, Crc32C.Compute(control));
            return control;
        }
    }

    /// <summary>One syncfs for each file system is far cheaper than an fsync for each file.</summary>
    void Sync(TablespaceMap tablespaces)
    {
        _files.SyncFileSystem(_root);

        foreach (var location in tablespaces.Locations)
            _files.SyncFileSystem(location.Path);
    }

    /// <summary>In one step, for half a control file is enough for a server to start.</summary>
    void Finish(byte[] control)
    {
        const string Pending = DataDirectoryRules.ControlFilePath + ".unfinished";
        var path = $"{_root}/{DataDirectoryRules.ControlFilePath}";

        Create(Pending, control, synced: true);
        GiveAway($"{_root}/{Pending}");

        if (!_files.TryRename($"{_root}/{Pending}", path))
            throw TomoBackupException.Create(
                ErrorCode.Refused, $"'{path}' came into being while '{_root}' was being restored",
                hint: "Something else writes into this directory. Restore into another one.");

        _files.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    void HandOver(TablespaceMap tablespaces)
    {
        if (context.Owner is null)
            return;

        foreach (var root in tablespaces.Locations.Select(l => l.Path).Prepend(_root))
            GiveAwayTree(root);
    }

    void GiveAwayTree(string path)
    {
        GiveAway(path);

        if (_files.Stat(path) is { Kind: FileKind.Directory })
            foreach (var entry in _files.List(path))
                GiveAwayTree($"{path}/{entry.Name}");
    }

    void GiveAway(string path)
    {
        if (context.Owner is var (user, group))
            _files.SetOwner(path, user, group);
    }

    void CreateNoted(string path, byte[] content)
    {
        Create(path, content, synced: false);
        _restored.Note(path, content.Length, context.Time.GetUtcNow(), Crc32C.Compute(content));
    }

    void Create(string path, ReadOnlySpan<byte> content, bool synced)
    {
        using (var file = _files.CreateNew($"{_root}/{path}", PrivateFile))
        {
            file.Write(0, content);

            if (synced)
                file.Sync();
        }

        if (synced)
            _files.SyncDirectory(Path.GetDirectoryName($"{_root}/{path}")!);
    }

    /// <summary>In place, a configuration file goes back to where the cluster reads it.</summary>
    bool IsOutside(FileListLine line) => line.Type == FileListLine.Config && options.InPlace;

    static string RelativePathOf(FileListLine line)
        => line.Type == FileListLine.Config ? ConfigFolder + line.Path : line.Path!;

    ITimer ReportProgress()
        => context.Time.CreateTimer(
            _ => context.Progress.Report(
                new OperationProgress("restoring", Interlocked.Read(ref _bytes), plan.Backup.FileBytes)),
            null, TimeSpan.Zero, ProgressInterval);
}
