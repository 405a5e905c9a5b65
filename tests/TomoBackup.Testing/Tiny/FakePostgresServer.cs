using System.Text;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Testing.Tiny;

/// <summary>A session with a server that is not there: it speaks for a <see cref="TinyCluster"/>, and the end of a
/// backup hands the finished segment to the archiver at once.</summary>
/// <param name="archive">The archiver: another process than the backup's, so the backup's faults are not its
/// own.</param>
public sealed class FakePostgresServer(TinyCluster cluster, Func<string, Task> archive) : IPostgresServer
{
    Lsn _start;
    string _label = "";

    public string Address => "host=/nowhere";

    public int Major => 18;

    public Task<ServerFacts> ReadFactsAsync(CancellationToken cancellationToken)
        => Task.FromResult(new ServerFacts
        {
            Version = "18.0 (of paper)",
            VersionNumber = 180_000,
            SystemIdentifier = WalBuilder.SystemId,
            DataDirectory = cluster.DataDirectory,
            Files = new ConfigurationFiles(
                $"{cluster.DataDirectory}/postgresql.conf",
                $"{cluster.DataDirectory}/pg_hba.conf",
                $"{cluster.DataDirectory}/pg_ident.conf",
                [],
                IncludesAreComplete: true),
            Port = 5432,
            SocketDirectories = [],
            Wal = new WalSettings
            {
                Level = "replica",
                ArchiveMode = "on",
                ArchiveCommand = "tomo-backup wal push %p",
                ArchiveLibrary = "",
                ArchiveTimeout = TimeSpan.Zero,
                FullPageWrites = true,
                SegmentSize = WalBuilder.Size.Bytes,
                Summarize = false,
            },
            DataChecksums = true,
            Fsync = true,
            Libraries = new PreloadLibraries([], [], []),
            InRecovery = false,
            Timeline = 1,
            Tablespaces = [new Tablespace(cluster.Oid, "paper", cluster.TablespaceDirectory)],
            Recovery = new RecoverySettings(100, 8, 10, 0, 64),
        });

    public Task<IReadOnlyList<DatabaseFacts>> ReadDatabasesAsync(CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<DatabaseFacts>>([]);

    public Task<Lsn> StartBackupAsync(string label, bool fast, CancellationToken cancellationToken)
    {
        _label = label;
        return Task.FromResult(_start = cluster.Write());
    }

    public async Task<BackupStop> StopBackupAsync(CancellationToken cancellationToken)
    {
        cluster.Write();
        var stop = cluster.Position;
        var label = $"""
            START WAL LOCATION: {_start} (file {TinyCluster.SegmentOf(_start)})
            CHECKPOINT LOCATION: {_start}
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-03-02 11:00:00 UTC
            LABEL: {_label}
            START TIMELINE: 1

            """;

        await archive(cluster.FinishSegment());
        return new BackupStop(stop, Encoding.UTF8.GetBytes(label), Encoding.UTF8.GetBytes(cluster.TablespaceMap));
    }

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<Lsn> CreateRestorePointAsync(string name, CancellationToken cancellationToken) => throw Unasked();

    public Task<Lsn> SwitchWalAsync(CancellationToken cancellationToken) => throw Unasked();

    public Task<WalPosition> CurrentWalLsnAsync(CancellationToken cancellationToken)
        => Task.FromResult(new WalPosition(cluster.Position, cluster.Position));

    public Task<SummarizedWal?> SummarizedWalAsync(CancellationToken cancellationToken)
        => Task.FromResult<SummarizedWal?>(null);

    public Task<ArchiverStatus> ArchiverStatusAsync(CancellationToken cancellationToken) => throw Unasked();

    public Task<uint> TimelineAsync(CancellationToken cancellationToken) => Task.FromResult(1u);

    public Task<bool> IsInRecoveryAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<Lsn?> LastReplayLsnAsync(CancellationToken cancellationToken) => throw Unasked();

    public Task<ArchivingFacts> ReadArchivingAsync(string role, CancellationToken cancellationToken)
        => throw Unasked();

    public Task ApplyAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken) => throw Unasked();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    static NotSupportedException Unasked() => new("no backup asks for this");
}
