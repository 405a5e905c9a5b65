using Microsoft.Extensions.Time.Testing;
using TomoBackup.Archiving;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Archiving;

public sealed class PushTurnTests : IDisposable
{
    const string Segment = "000000010000000000000005";
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_call_waits_for_its_turn()
    {
        var path = Write(Segment);
        var first = await Turns().TakeAsync(path, Cancelled);
        var second = Turns().TakeAsync(path, Cancelled);

        await Task.Delay(Moment, Cancelled);
        Assert.False(second.IsCompleted);

        first!.Dispose();
        using var turn = await second;
        Assert.NotNull(turn);
    }

    [Fact]
    public async Task A_call_ends_as_soon_as_its_file_was_pushed_ahead()
    {
        var path = Write(Segment);
        using var busy = await Turns().TakeAsync(path, Cancelled);
        var call = Turns().TakeAsync(path, Cancelled);

        Turns().Markers.Put(Segment, Facts(path));

        Assert.Null(await call);
        Assert.Empty(Turns().Markers.Names());
    }

    [Fact]
    public async Task A_marker_of_another_file_under_the_same_name_counts_for_nothing()
    {
        var path = Write(Segment);
        Turns().Markers.Put(Segment, Facts(path) with { Inode = 1 });

        using var turn = await Turns().TakeAsync(path, Cancelled);

        Assert.NotNull(turn);
    }

    [Fact]
    public void Only_one_process_pushes_ahead()
    {
        using var first = Turns().TryBeAhead();

        Assert.NotNull(first);
        Assert.Null(Turns().TryBeAhead());
    }

    [Fact]
    public async Task Who_pushes_ahead_leaves_a_moment_to_a_call_that_waits()
    {
        var time = new FakeTimeProvider();
        var ahead = await Turns().TakeAsync(Write("000000010000000000000004"), Cancelled);
        var call = Turns(time).TakeAsync(Write(Segment), Cancelled);

        ahead!.Dispose();
        var next = Turns(time).TakeNextAsync(Cancelled);
        time.Advance(PushTurn.Pause);

        using (await call)
        {
            time.Advance(PushTurn.Pause);
            await Task.Delay(Moment, Cancelled);
            Assert.False(next.IsCompleted);
        }

        while (!next.IsCompleted)
        {
            time.Advance(PushTurn.Pause);
            await Task.Delay(1, Cancelled);
        }

        (await next).Dispose();
    }

    [Fact]
    public void Markers_of_files_that_wait_no_longer_are_swept()
    {
        var markers = Turns().Markers;
        markers.Put(Segment, Facts(Write(Segment)));
        markers.Put("000000010000000000000006", Facts(Write("000000010000000000000006")));

        markers.Sweep(new HashSet<string> { Segment });

        Assert.Equal([Segment], markers.Names());
    }

    PushTurn Turns(TimeProvider? time = null)
        => new(
            PhysicalFileSystem.Instance,
            new HostState(PhysicalFileSystem.Instance, _folder["state"], SystemEntropy.Instance),
            "main",
            time ?? TimeProvider.System);

    string Write(string name)
    {
        File.WriteAllText(_folder[name], name);
        return _folder[name];
    }

    static FileFacts Facts(string path) => PhysicalFileSystem.Instance.Stat(path)!;
}
