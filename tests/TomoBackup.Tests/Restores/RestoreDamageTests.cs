using System.Collections.Concurrent;
using TomoBackup.Repositories;
using TomoBackup.Restores;
using TomoBackup.Storage;
using TomoBackup.Testing.Repositories;
using TomoBackup.Tests.Verification;

namespace TomoBackup.Tests.Restores;

/// <summary>Whatever is done to any object, no restore calls wrong bytes restored: it fails with a sentence, or it did
/// not need what was spoiled.</summary>
public sealed class RestoreDamageTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>
{
    const int Stride = 307;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_intact_repository_restores_to_each_end()
    {
        foreach (var (backup, target) in Restores())
        {
            await using var trial = new RestoreTrial(fixture.Small);
            var (_, key) = fixture.Keys.First();
            var outcome = await trial.RestoreAsync(
                key, fixture.Small.Store.Peek(key)!, backup, target, Cancellation);

            Assert.True(outcome == RestoreOutcome.Right, trial.Reason);
        }
    }

    [Fact]
    public Task No_flipped_byte_passes()
        => SpoilAsync((bytes, index) => Flips(
            bytes,
            Enumerable.Range(0, bytes.Length)
                .Where(at => at % Stride == index * 37 % Stride || at == bytes.Length - 1)));

    /// <summary>All bytes, all of them once: some minutes.</summary>
    [Fact]
    [Trait("Category", "Exhaustive")]
    public Task No_byte_passes_whichever_was_flipped()
        => SpoilAsync((bytes, _) => Flips(bytes, Enumerable.Range(0, bytes.Length)));

    [Fact]
    public Task No_object_passes_that_was_cut_or_grew_or_is_gone()
        => SpoilAsync((bytes, index) =>
        [
            .. new[] { 0, index % bytes.Length, bytes.Length / 2, bytes.Length - 16, bytes.Length - 1 }
                .Where(length => length >= 0)
                .Distinct()
                .Select(length => ($"cut to {length}", bytes[..length])),
            ("grown", [.. bytes, 0]),
            ("removed", null),
        ]);

    [Fact]
    public Task No_object_passes_that_stands_in_another_ones_place()
        => SpoilAsync((_, index) =>
        [
            .. fixture.Keys
                .Where(other => other.Index != index
                    && SmallRepositoryFixture.KindOf(other.Key)
                        == SmallRepositoryFixture.KindOf(fixture.Keys.ElementAt(index).Key))
                .Select(other => ($"replaced by '{other.Key}'", fixture.Small.Store.Peek(other.Key)!)),
        ]);

    static IEnumerable<(string What, byte[]? Bytes)> Flips(byte[] bytes, IEnumerable<int> positions)
    {
        foreach (var at in positions)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[at] ^= (byte)(1 << (at % 8));
            yield return ($"byte {at} flipped", flipped);
        }
    }

    /// <summary>The first backup with all WAL behind it, over both timelines; the second by itself, and the incremental
    /// one that is built on it.</summary>
    IEnumerable<(PlainBackup Backup, RestoreTarget Target)> Restores()
    {
        yield return (fixture.Small.Backups[0], new RestoreTarget.Latest());
        yield return (fixture.Small.Backups[1], new RestoreTarget.Immediate());
        yield return (fixture.Small.Backups[2], new RestoreTarget.Immediate());
    }

    async Task SpoilAsync(Func<byte[], int, IEnumerable<(string What, byte[]? Bytes)>> ways)
    {
        var wrong = new ConcurrentBag<string>();
        var failed = new ConcurrentDictionary<ObjectKey, bool>();

        await Parallel.ForEachAsync(fixture.Keys, Cancellation, async (item, stop) =>
        {
            await using var trial = new RestoreTrial(fixture.Small);

            foreach (var (backup, target) in Restores())
                foreach (var (what, bytes) in ways(fixture.Small.Store.Peek(item.Key)!, item.Index))
                {
                    // A backup's own WAL is the archive's, byte for byte.
                    if (bytes is not null && bytes.AsSpan().SequenceEqual(fixture.Small.Store.Peek(item.Key)))
                        continue;

                    var outcome = await trial.RestoreAsync(item.Key, bytes, backup, target, stop);

                    if (outcome == RestoreOutcome.Wrong || (outcome == RestoreOutcome.Right && IsOf(item.Key, backup)))
                        wrong.Add($"{item.Key} {what}, backup {backup.Manifest.Backup}: {outcome} {trial.Reason}");

                    if (outcome == RestoreOutcome.Failed)
                        failed[item.Key] = true;
                }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Take(3)));
        Assert.InRange(failed.Count, fixture.Keys.Count() / 2, fixture.Keys.Count());
    }

    /// <summary>True for what a restore of this backup cannot do without.</summary>
    static bool IsOf(ObjectKey key, PlainBackup backup)
        => key.Value.StartsWith(
            RepositoryLayout.Backup(
                backup.Manifest.Lineage, backup.Manifest.Generation, backup.Manifest.Backup),
            StringComparison.Ordinal)
            || key.Value == RepositoryLayout.Marker.Value;
}
