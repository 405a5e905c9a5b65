using Microsoft.Extensions.Time.Testing;
using TomoBackup.Storage;
using TomoBackup.Storage.S3;

namespace TomoBackup.Tests.Storage.S3;

/// <summary>When a store waits, and for how long.</summary>
public sealed class S3PacingTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Waits_twice_as_long_each_time_up_to_the_most()
    {
        var options = new S3RetryOptions { FirstDelay = Seconds(1), MostDelay = Seconds(20) };

        Assert.Equal(
            [1, 2, 4, 8, 16, 20, 20],
            Enumerable.Range(1, 7).Select(failures => Wait(failures, asked: null, options, new Same(255))));
        Assert.Equal(20, Wait(1000, asked: null, options, new Same(255)));
    }

    [Fact]
    public void Scatters_waits_between_half_and_all()
    {
        var options = new S3RetryOptions { FirstDelay = Seconds(8), MostDelay = Seconds(8) };

        Assert.Equal(4, Wait(1, asked: null, options, new Same(0)));
        Assert.Equal(6, Wait(1, asked: null, options, new Same(0x80)), tolerance: 0.1);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(2, 8)]
    public void Waits_no_less_than_the_server_asks(int asked, int expected)
    {
        var options = new S3RetryOptions { FirstDelay = Seconds(8), MostDelay = Seconds(8) };

        Assert.Equal(expected, Wait(1, Seconds(asked), options, new Same(255)));
    }

    [Fact]
    public async Task Lets_uploads_together_move_what_the_limit_allows()
    {
        var time = new FakeTimeProvider();
        var throttle = new UploadThrottle(bytesPerSecond: 1000, time);

        await throttle.WaitAsync(500, Token); // the line is idle
        var second = throttle.WaitAsync(2000, Token);
        var third = throttle.WaitAsync(1, Token);

        time.Advance(Seconds(0.49));
        Assert.False(second.IsCompleted);
        time.Advance(Seconds(0.02));
        await second;

        time.Advance(Seconds(1.9));
        Assert.False(third.IsCompleted);
        time.Advance(Seconds(0.1));
        await third;
    }

    [Fact]
    public void Saves_up_nothing_while_the_line_is_idle()
    {
        var time = new FakeTimeProvider();
        var throttle = new UploadThrottle(bytesPerSecond: 1000, time);

        time.Advance(Seconds(100));

        Assert.True(throttle.WaitAsync(1000, Token).IsCompleted);
        Assert.False(throttle.WaitAsync(1, Token).IsCompleted);
    }

    [Fact]
    public void Never_waits_without_a_limit()
        => Assert.True(new UploadThrottle(null, new FakeTimeProvider()).WaitAsync(int.MaxValue, Token).IsCompleted);

    [Fact]
    public void Loses_patience_when_too_few_bytes_move()
    {
        var time = new FakeTimeProvider();
        using var watch = new StallWatch(Seconds(10), leastBytes: 100, time);
        watch.Run();

        for (var second = 0; second < 9; second++)
        {
            time.Advance(Seconds(1));
            watch.Moved(1);
        }

        Assert.False(watch.HasStalled);
        time.Advance(Seconds(1));
        Assert.True(watch.HasStalled);
        Assert.Equal("fewer than 100 bytes moved in 10 s", watch.Failure.Message);
    }

    [Fact]
    public void Has_all_its_patience_again_when_enough_moved()
    {
        var time = new FakeTimeProvider();
        using var watch = new StallWatch(Seconds(10), leastBytes: 100, time);
        watch.Run();

        for (var i = 0; i < 20; i++)
        {
            time.Advance(Seconds(9));
            watch.Moved(100);
        }

        Assert.False(watch.HasStalled);
    }

    [Fact]
    public void Does_not_count_the_time_in_which_the_line_waits_for_us()
    {
        var time = new FakeTimeProvider();
        using var watch = new StallWatch(Seconds(10), leastBytes: 100, time);
        watch.Run();
        time.Advance(Seconds(6));
        watch.Pause();
        time.Advance(Seconds(1000));
        watch.Run();

        time.Advance(Seconds(3));
        Assert.False(watch.HasStalled);
        time.Advance(Seconds(1));
        Assert.True(watch.HasStalled);
    }

    [Fact]
    public void Knows_the_servers_clock_to_a_second()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(0.4));
        var signs = new ServerSigns(time);
        using var answer = new HttpResponseMessage();

        signs.Note(answer.Headers);
        Assert.Null(signs.ClockDifference);

        answer.Headers.Date = DateTimeOffset.UnixEpoch.AddMinutes(-5);
        signs.Note(answer.Headers);
        Assert.Equal(TimeSpan.FromMinutes(-5), signs.ClockDifference);
    }

    static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    static double Wait(int failures, TimeSpan? asked, S3RetryOptions options, IEntropy entropy)
        => Math.Round(RetryDelay.After(failures, asked, options, entropy).TotalSeconds, 2);

    sealed class Same(byte value) : IEntropy
    {
        public void Fill(Span<byte> buffer) => buffer.Fill(value);
    }
}
