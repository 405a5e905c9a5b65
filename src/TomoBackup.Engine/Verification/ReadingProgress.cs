using TomoBackup.Operations;

namespace TomoBackup.Verification;

/// <summary>Counts what was read; all workers add to it.</summary>
sealed class ReadingProgress(IProgress<OperationProgress> progress)
{
    long _done;
    long _total;

    /// <summary>Bytes of packs read so far.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Begins a phase that reads no packs.</summary>
    public void Begin(string phase) => progress.Report(new OperationProgress(phase, 0, null));

    /// <summary>Says how much there will be.</summary>
    public void Expect(long bytes) => Interlocked.Add(ref _total, bytes);

    public void Read(long bytes)
        => progress.Report(
            new OperationProgress("reading", Interlocked.Add(ref _done, bytes), Interlocked.Read(ref _total)));
}
