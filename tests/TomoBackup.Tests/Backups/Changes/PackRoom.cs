using TomoBackup.Backups;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Backups.Changes;

/// <summary>A repository in memory with one epoch, into which workers of backups write, and what lies in it as plain
/// bytes.</summary>
sealed class PackRoom : IEpochKeys, IAsyncDisposable
{
    readonly MemoryObjectStore _store = new();
    readonly EpochKey _key = EpochKey.New(SystemEntropy.Instance);

    public PackRoom() => Repository = new Repository("memory", _store, "0");

    public Repository Repository { get; }

    public LineageId Lineage { get; } = LineageId.New(SystemEntropy.Instance);

    public EpochId Epoch { get; } = EpochId.New(SystemEntropy.Instance);

    public PackFactory Factory(string backup, int lastNumber)
        => new(Repository, Prefix(backup), Lineage, Epoch, _key, SystemEntropy.Instance, lastNumber);

    public string Prefix(string backup) => RepositoryLayout.Backup(Lineage, "full", backup);

    /// <summary>A sink that notes lines in a list.</summary>
    public static PackSink Sink(PackFactory factory, List<FileListLine> lines)
        => new(factory, 1, (line, _) =>
        {
            lines.Add(line);
            return ValueTask.CompletedTask;
        });

    public ValueTask<EpochKey> GetAsync(EpochId epoch, CancellationToken cancellationToken)
        => ValueTask.FromResult(_key);

    /// <summary>All plain frames of a data pack.</summary>
    public async Task<IReadOnlyList<byte[]>> FramesAsync(
        string backup, int number, CancellationToken cancellationToken)
    {
        var frames = new List<byte[]>();
        await using var pack = await PackObjectReader.OpenAsync(
            _store, new ObjectKey(Prefix(backup) + RepositoryLayout.PackName(number)), PackKind.Data, Lineage, this,
            cancellationToken);

        for (var i = 0; i < pack!.Table.Frames.Count; i++)
        {
            var frame = new byte[pack.Table.Frames[i].PlainBytes];
            await pack.ReadFrameAsync(i, frame, cancellationToken);
            frames.Add(frame);
        }

        return frames;
    }

    public async ValueTask DisposeAsync()
    {
        _key.Dispose();
        await _store.DisposeAsync();
    }
}
