using TomoBackup.Tests.Backups.Changes;

namespace TomoBackup.Tests.Backups;

public sealed class PackSinkTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>As the map of a file does, which can be written when the places of its blocks are known.</summary>
    [Fact]
    public async Task Bytes_that_are_shared_once_earlier_ones_are_placed_leave_room_for_what_made_them_be_placed()
    {
        await using var room = new PackRoom();
        await using var sink = PackRoom.Sink(room.Factory("full", 0), []);
        var placed = new Dictionary<byte, (int Pack, int Frame, int Offset)>();

        await ShareAsync(1, 100_000, _ => ShareAsync(2, 200_000, _ => ValueTask.CompletedTask));
        await ShareAsync(3, 200_000, _ => ValueTask.CompletedTask);
        await sink.FinishAsync(Cancellation);

        var frames = await room.FramesAsync("full", 1, Cancellation);
        Assert.Equal([100_000, 200_000, 200_000], frames.Select(frame => frame.Length));
        Assert.Equal([1, 2, 3], placed.Keys.Order());
        Assert.All(placed, item => Assert.Equal((1, item.Key), (item.Value.Pack, frames[item.Value.Frame][0])));

        ValueTask ShareAsync(byte content, int bytes, Func<CancellationToken, ValueTask> then)
            => sink.ShareAsync(
                Enumerable.Repeat(content, bytes).ToArray(),
                (pack, frame, offset, stop) =>
                {
                    placed[content] = (pack, frame, offset);
                    return then(stop);
                },
                Cancellation);
    }
}
