using TomoBackup.Archiving;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Archiving;

public sealed class WalSpoolTests : IDisposable
{
    const string Segment = "000000010000000000000005";
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    WalSpool Spool => new(PhysicalFileSystem.Instance, _folder.Path, "this-boot");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_kept_segment_is_delivered_once()
    {
        await KeepAsync(Segment);

        Assert.True(Spool.TryDeliver(Segment, _folder["wanted"]));
        Assert.Equal(Segment, await File.ReadAllTextAsync(_folder["wanted"], Cancelled));
        Assert.False(Spool.TryDeliver(Segment, _folder["wanted"]));
    }

    [Fact]
    public async Task A_segment_whose_bytes_failed_on_the_way_is_not_there()
    {
        await Assert.ThrowsAsync<IOException>(() => Spool.KeepAsync(Segment, file =>
        {
            file.Write(0, [1, 2, 3]);
            throw new IOException("damaged");
        }));

        Assert.False(Spool.Has(Segment));
        Assert.Empty(Directory.GetFiles(_folder["spool-this-boot"]));
    }

    [Fact]
    public async Task A_call_waits_while_somebody_fetches_and_no_longer()
    {
        var fetching = Spool.TryBeAhead();
        var found = Spool.WaitAsync(Segment, _folder["wanted"], TimeProvider.System, Cancelled);
        var absent = Spool.WaitAsync("000000010000000000000009", _folder["none"], TimeProvider.System, Cancelled);
        await Task.Delay(Moment, Cancelled);
        Assert.False(found.IsCompleted || absent.IsCompleted);

        await KeepAsync(Segment);
        Assert.True(await found);
        Assert.False(absent.IsCompleted);

        fetching!.Dispose();
        Assert.False(await absent);
        Assert.False(Path.Exists(_folder["none"]));
    }

    [Fact]
    public async Task What_recovery_is_past_and_what_another_boot_left_is_swept()
    {
        Directory.CreateDirectory(_folder["spool-another-boot"]);
        await KeepAsync("000000010000000000000004");
        await KeepAsync(Segment);

        Spool.Sweep(Segment);

        Assert.False(Path.Exists(_folder["spool-another-boot"]));
        Assert.False(Spool.Has("000000010000000000000004"));
        Assert.True(Spool.Has(Segment));
    }

    [Fact]
    public async Task It_is_low_where_half_is_missing_and_nobody_fetches()
    {
        string[] ahead = [Segment, "000000010000000000000006", "000000010000000000000007"];
        Assert.True(Spool.IsLow(ahead));

        using (Spool.TryBeAhead())
            Assert.False(Spool.IsLow(ahead));

        await KeepAsync(ahead[0]);
        Assert.True(Spool.IsLow(ahead));
        await KeepAsync(ahead[1]);
        Assert.False(Spool.IsLow(ahead));
        Assert.False(Spool.IsLow([]));
    }

    [Fact]
    public void Nobody_fetches_into_a_session_that_has_ended()
    {
        var gone = new WalSpool(PhysicalFileSystem.Instance, _folder["gone"], "this-boot");

        Assert.Null(gone.TryBeAhead());
        Assert.False(Path.Exists(_folder["gone"]));
    }

    [Fact(Timeout = 5_000)]
    public async Task A_call_waits_for_nobody_in_a_session_that_has_ended()
    {
        var gone = new WalSpool(PhysicalFileSystem.Instance, _folder["gone"], "this-boot");

        Assert.False(await gone.WaitAsync(
            Segment, _folder["wanted"], TimeProvider.System, TestContext.Current.CancellationToken));
    }

    Task KeepAsync(string name)
        => Spool.KeepAsync(name, file =>
        {
            file.Write(0, System.Text.Encoding.ASCII.GetBytes(name));
            return Task.CompletedTask;
        });
}
