using CsCheck;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Repositories;

public sealed class PackWindowsTests
{
    const int Window = 4 << 20;

    static readonly ObjectKey Key = new("pack");
    static readonly byte[] Content = Noise.Of((5 * Window) + 1234);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Whatever_is_read_is_what_is_there()
        => Gen.Select(Gen.Int[0, Content.Length - 1], Gen.Int[0, 6 << 20]).Array[1, 12].Sample(
            reads =>
            {
                var source = new Source();
                Run(source, async view =>
                {
                    foreach (var (offset, length) in reads)
                    {
                        var buffer = new byte[Math.Min(length, Content.Length - offset)];
                        await view.ReadAsync(offset, buffer, Token);
                        Assert.True(buffer.AsSpan().SequenceEqual(Content.AsSpan(offset, buffer.Length)));
                    }
                });
            },
            iter: 30);

    [Fact]
    public void Small_reads_by_several_readers_are_few_large_ones_at_the_store()
    {
        var source = new Source();
        Run(source, async view =>
        {
            await Task.WhenAll(Enumerable.Range(0, 2).Select(async reader =>
            {
                var buffer = new byte[50_000];

                for (var at = reader * buffer.Length; at + buffer.Length <= Content.Length; at += 2 * buffer.Length)
                    await view.ReadAsync(at, buffer, Token);
            }));
        });

        Assert.Equal(6, source.Reads);
        Assert.True(source.IsClosed);
    }

    [Fact]
    public void A_read_here_and_there_fetches_nothing_ahead()
    {
        var source = new Source();
        Run(source, async view =>
        {
            await view.ReadAsync(4 * Window, new byte[10], Token);
            await view.ReadAsync(0, new byte[10], Token);
        });

        Assert.Equal(3, source.Reads); // the first one asks ahead, since nobody knows yet
    }

    [Fact]
    public void A_piece_that_failed_is_fetched_again()
    {
        var source = new Source { Failures = 1 };
        Run(source, async view =>
        {
            await Assert.ThrowsAsync<StoreException>(() => view.ReadAsync(5 * Window, new byte[10], Token).AsTask());
            var buffer = new byte[10];
            await view.ReadAsync(5 * Window, buffer, Token);
            Assert.Equal(Content[(5 * Window)..][..10], buffer);
        });
    }

    [Fact]
    public void A_read_behind_the_end_fails_as_the_store_says()
        => Run(new Source(), async view => await Assert.ThrowsAsync<StoreException>(
            () => view.ReadAsync(Content.Length - 5, new byte[10], Token).AsTask()));

    static void Run(Source source, Func<IObjectReader, Task> act)
    {
        async Task RunAsync()
        {
            await using var windows = new PackWindows();
            await using var view = windows.Of(Key, source);
            await act(view);
        }

        RunAsync().GetAwaiter().GetResult();
    }

    sealed class Source : IObjectReader
    {
        int _reads;

        public long Length => Content.Length;

        public int Reads => _reads;

        public int Failures { get; set; }

        public bool IsClosed { get; private set; }

        public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);

            if (Failures-- > 0 || offset + buffer.Length > Length)
                throw new StoreException(StoreFailure.Damaged, "so it goes");

            Content.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            IsClosed = true;
            return ValueTask.CompletedTask;
        }
    }
}
