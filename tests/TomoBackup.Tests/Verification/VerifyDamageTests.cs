using System.Collections.Concurrent;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Verification;

namespace TomoBackup.Tests.Verification;

/// <summary>Whatever is done to any object, a deep verification says so, and names it.</summary>
public sealed class VerifyDamageTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>
{
    const int Stride = 211;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_nothing_in_an_intact_repository()
    {
        var report = await DamageTrial.VerifyAsync(
            fixture.Small, fixture.Small.Store, new VerifyOptions { Deep = true }, Cancellation);

        Assert.Empty(report.Findings);
        Assert.True(report.IsSound);
        Assert.InRange(report.Bytes, 1, 64 << 10);
        Assert.Equal(fixture.Keys.Count() - 1, report.Objects);
        Assert.True(report.BytesRead > 0);
    }

    [Fact]
    public Task Names_each_object_of_which_a_byte_was_flipped()
        => FlipAsync((index, length)
            => Enumerable.Range(0, length).Where(at => at % Stride == index * 37 % Stride || at == length - 1));

    /// <summary>All bytes, all of them once: some minutes.</summary>
    [Fact]
    [Trait("Category", "Exhaustive")]
    public Task Names_each_object_whichever_byte_was_flipped() => FlipAsync((_, length) => Enumerable.Range(0, length));

    [Fact]
    public async Task Names_each_object_that_was_cut_or_grew()
    {
        await EachAsync(async (trial, index, key) =>
        {
            var bytes = fixture.Small.Store.Peek(key)!;
            int[] lengths = [0, index % bytes.Length, bytes.Length / 2, bytes.Length - 16, bytes.Length - 1];

            foreach (var length in lengths.Where(l => l >= 0).Distinct())
                Assert.True(
                    DamageTrial.Names(await trial.ReplacedAsync(key, bytes[..length], Cancellation), key),
                        $"{key} cut to {length}");

            Assert.True(DamageTrial.Names(await trial.ReplacedAsync(key, [.. bytes, 0], Cancellation), key),
                $"{key} grew");
        });
    }

    [Fact]
    public async Task Names_each_object_that_was_removed()
    {
        await EachAsync(async (trial, _, key) =>
        {
            var report = await trial.DeletedAsync(key, Cancellation);

            // What nobody can know from the repository alone: see each line.
            var isKnowable = SmallRepositoryFixture.KindOf(key) switch
            {
                // A backup exists by its manifest; without it, it looks like one that was given up.
                RepositoryLayout.ManifestName => false,
                // The archive may begin anywhere, since expiry takes the oldest; the backup holds this segment itself.
                "wal" when key.Name.StartsWith("000000010000000000000003-", StringComparison.Ordinal) => false,
                // Nothing needs them, and no name promises them.
                "wal" when key.Name.Contains(".backup-", StringComparison.Ordinal) => false,
                "wal" when key.Name.Contains(".partial-", StringComparison.Ordinal) => false,
                _ => true,
            };

            Assert.True(DamageTrial.NamesMissing(report, key) == isKnowable,
                $"{key}: {string.Join("; ", report.Findings)}");
        });
    }

    [Fact]
    public async Task Says_what_is_left_where_a_manifest_or_the_first_segment_was_removed()
    {
        var trial = new DamageTrial(fixture.Small);

        foreach (var key in fixture.Small.Store.Keys.Where(k => k.Name == RepositoryLayout.ManifestName))
            Assert.Contains(
                (await trial.DeletedAsync(key, Cancellation)).Findings,
                f => f.Severity == VerifySeverity.Information
                    && f.Subject == key.Value[..^RepositoryLayout.ManifestName.Length]);

        var first = fixture.Small.Store.Keys.Single(
            k => k.Value.StartsWith("wal/", StringComparison.Ordinal)
                && k.Name.StartsWith("000000010000000000000003-", StringComparison.Ordinal));
        var report = await trial.DeletedAsync(first, Cancellation);

        Assert.Contains("archived WAL begins within backup", Assert.Single(report.Findings).Sentence,
            StringComparison.Ordinal);
        Assert.Equal("000000010000000000000004", report.Windows[0].Wal.First);
    }

    [Fact]
    public async Task Names_objects_of_one_kind_that_changed_places()
    {
        var pairs = fixture.Keys
            .GroupBy(k => SmallRepositoryFixture.KindOf(k.Key))
            .SelectMany(kind => kind.SelectMany(one
                => kind.Where(other => other.Index > one.Index).Select(other => (One: one.Key, Other: other.Key))))
            // A backup's own WAL is the archive's, byte for byte.
            .Where(pair => !fixture.Small.Store.Peek(pair.One)!.SequenceEqual(fixture.Small.Store.Peek(pair.Other)!))
            .ToList();

        Assert.InRange(pairs.Count, 40, 200);

        await Parallel.ForEachAsync(pairs.Chunk(8), Cancellation, async (chunk, stop) =>
        {
            var trial = new DamageTrial(fixture.Small);

            foreach (var (one, other) in chunk)
            {
                var report = await trial.SwappedAsync(one, other, stop);
                Assert.True(DamageTrial.Names(report, one) && DamageTrial.Names(report, other), $"{one} and {other}");
            }
        });
    }

    async Task FlipAsync(Func<int, int, IEnumerable<int>> positions)
    {
        var missed = new ConcurrentBag<string>();

        await EachAsync(async (trial, index, key) =>
        {
            foreach (
                var miss in await trial.MissedFlipsAsync(key, positions(index, fixture.LengthOf(key)), Cancellation))
                missed.Add(miss);
        });

        Assert.Empty(missed);
    }

    Task EachAsync(Func<DamageTrial, int, ObjectKey, Task> work)
        => Parallel.ForEachAsync(
            fixture.Keys, Cancellation, async (item, _)
                => await work(new DamageTrial(fixture.Small), item.Index, item.Key));
}
