using TomoBackup.Archiving;
using TomoBackup.Operations;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Restores;
using TomoBackup.Storage;
using TomoBackup.Testing;
using TomoBackup.Testing.Repositories;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Restores;

/// <summary>What a restore of a spoiled repository came to.</summary>
enum RestoreOutcome
{
    /// <summary>It refused, or gave up with a sentence and an exit code.</summary>
    Failed,

    /// <summary>It delivered exactly what was backed up: what was spoiled is not needed for it.</summary>
    Right,

    /// <summary>It called wrong bytes restored, or failed without knowing why.</summary>
    Wrong,
}

/// <summary>Restores a copy of the small repository of which one object is spoiled, fetches the WAL that the restore
/// planned, and compares all of it with what was stored. For one thread.</summary>
sealed class RestoreTrial(SmallRepository small) : IAsyncDisposable
{
    const string Boot = "boot";

    readonly TestFolder _folder = TestFolder.InMemory();
    readonly MemoryObjectStore _store = small.CopyStore();
    int _runs;

    /// <summary>Why the last one came to what it came to.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Puts other bytes in an object's place (null: removes it), restores, and puts it back.</summary>
    /// <param name="key">The object.</param>
    /// <param name="bytes">What stands there now.</param>
    /// <param name="backup">Which backup.</param>
    /// <param name="target">To which moment.</param>
    public async Task<RestoreOutcome> RestoreAsync(
        ObjectKey key, byte[]? bytes, PlainBackup backup, RestoreTarget target, CancellationToken cancellationToken)
    {
        if (bytes is null)
            await _store.DeleteAsync(key, cancellationToken);
        else
            _store.Tamper(key, bytes);

        var directory = _folder[$"run-{++_runs}"];

        try
        {
            await RestoreAsync(backup, target, directory, cancellationToken);
            return Told(RestoreOutcome.Right, "");
        }
        catch (Exception e) when (Failures.Understand(e) is not null)
        {
            return Told(RestoreOutcome.Failed, e.Message);
        }
        catch (Exception e)
        {
            return Told(RestoreOutcome.Wrong, e.ToString());
        }
        finally
        {
            _store.Tamper(key, small.Store.Peek(key)!);

            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _store.DisposeAsync();
    }

    RestoreOutcome Told(RestoreOutcome outcome, string reason)
    {
        Reason = reason;
        return outcome;
    }

    async Task RestoreAsync(
        PlainBackup backup, RestoreTarget target, string directory, CancellationToken cancellationToken)
    {
        var repository = await Repository.OpenAsync("small", _store, cancellationToken);
        var lineage = await LineageBook.FindAsync(repository, SmallRepository.Cluster, small.Trust, cancellationToken)
            ?? throw TomoBackupException.Create(ErrorCode.NotFound, "no lineage");
        using var keys = new KeyRing(
            repository, lineage, new OpenEpochs(PhysicalFileSystem.Instance, "/nonexistent"), [small.Operational]);

        var context = new RestoreContext
        {
            Sources = await RestoreSources.ReadAsync(repository, lineage, keys, cancellationToken),
            Files = PhysicalFileSystem.Instance,
            Time = TimeProvider.System,
            Progress = new Progress<OperationProgress>(),
            Program = "/usr/bin/tomo-backup",
        };
        var options = new RestoreOptions
        {
            Target = target,
            Backup = backup.Manifest.Backup,
            Directory = directory,
            Workers = 1,
            Tablespaces = backup.Cluster.TablespaceMap.Length == 0
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { ["/srv/space"] = $"{directory}/space" },
        };

        var operation = new RestoreOperation(context);
        var plan = await operation.PlanAsync(options, cancellationToken);
        await operation.RunAsync(plan, options, [], cancellationToken);
        Compare(backup, directory);
        await FetchAsync(repository, lineage, plan, directory, cancellationToken);
    }

    async Task FetchAsync(
        Repository repository,
        Lineage lineage,
        RestorePlan plan,
        string directory,
        CancellationToken cancellationToken)
    {
        var folder = $"{directory}/{RecoverySession.Folder}";
        var session = RecoverySession.TryRead(PhysicalFileSystem.Instance, folder)!;
        using var keys = new SessionKeys(session);
        var get = new GetOperation(
            session, repository, new WalArchive(repository, lineage.Id), keys,
            new WalSpool(PhysicalFileSystem.Instance, folder, Boot));

        foreach (var (segment, _) in plan.Wal)
        {
            var name = segment.Name(new WalSegmentSize(session.SegmentSize));
            var got = $"{directory}/got";
            Assert.True(await get.RunAsync(GetPlan.Decide(session, name), name, got, cancellationToken), name);
            var expected = small.Wal.TryGetValue(name, out var whole) ? whole : small.Wal[$"{name}.partial"];
            var delivered = await File.ReadAllBytesAsync(got, cancellationToken);
            Assert.True(expected.AsSpan().SequenceEqual(delivered), name);
            File.Delete(got);
        }
    }

    static void Compare(PlainBackup backup, string directory)
    {
        foreach (var (path, content) in backup.Files)
        {
            var restored = File.ReadAllBytes($"{directory}/{path}");

            // Recovery settings are appended to it.
            if (path == "postgresql.auto.conf")
                restored = restored[..content.Length];

            var expected = path == DataDirectoryRules.ControlFilePath
                ? ControlFile.WithUnusableCheckpoint(content)
                : content;

            Assert.True(expected.AsSpan().SequenceEqual(restored), path);
        }

        foreach (var (path, content) in backup.ConfigFiles)
            Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes($"{directory}/external_config{path}")), path);

        Assert.All(backup.Directories, path => Assert.True(Directory.Exists($"{directory}/{path}"), path));
    }
}
