using CsCheck;
using TomoBackup.Measurements;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Measurements;

public sealed class SegmentLineTests
{
    static readonly WalSegmentSize Size = new(16 << 20);

    [Fact]
    public void A_backup_goes_on_into_the_archive_from_the_segment_behind_its_own()
        => Assert.Equal([(3UL, 4UL, 9UL)], Spans([4, 5, 6, 7, 8, 9], held: [3]));

    [Fact]
    public void A_hole_ends_a_span_and_a_backup_behind_it_begins_another()
        => Assert.Equal([(3UL, 4UL, 5UL), (8UL, 9UL, 10UL)], Spans([4, 5, 7, 8, 9, 10], held: [3, 8]));

    [Fact]
    public void A_backup_whose_WAL_is_gone_stands_alone()
        => Assert.Equal([(3UL, 4UL, 3UL), (20UL, 21UL, 22UL)], Spans([20, 21, 22], held: [3, 20]));

    [Fact]
    public void WAL_before_the_first_backup_leads_nowhere()
        => Assert.Equal([(5UL, 6UL, 7UL)], Spans([1, 2, 3, 4, 5, 6, 7], held: [5]));

    [Fact]
    public void A_segment_with_two_contents_is_no_way()
        => Assert.Equal([(3UL, 4UL, 5UL), (7UL, 8UL, 9UL)], Spans([4, 5, 6, 6, 7, 8, 9], held: [3, 7]));

    [Fact]
    public void A_damaged_backup_begins_nothing()
        => Assert.Empty(Lines([(1, 4), (1, 5)], [Backup(1, 3, isGood: false)], []).Single().Spans);

    [Fact]
    public void A_timeline_goes_on_where_its_parent_leads_to_the_fork()
    {
        var lines = Lines([(1, 4), (1, 5), (1, 6), (2, 6), (2, 7)], [Backup(1, 3)], [(2, new SegmentFork(1, 6, true))]);

        Assert.Equal(7UL, Assert.Single(lines[1].Spans).Last);
        Assert.Null(lines[1].Spans[0].Entry);
    }

    [Fact]
    public void A_timeline_whose_parent_has_a_hole_before_the_fork_needs_a_backup_of_its_own()
    {
        (uint, ulong)[] archive = [(1, 4), (1, 6), (2, 7), (2, 8), (2, 9)];
        (uint, SegmentFork)[] fork = [(2, new SegmentFork(1, 7, true))];

        Assert.Empty(Lines(archive, [Backup(1, 3)], fork)[1].Spans);
        Assert.Equal(8UL, Assert.Single(Lines(archive, [Backup(1, 3), Backup(2, 8)], fork)[1].Spans).First - 1);
    }

    [Fact]
    public void What_can_be_replayed_is_what_a_walk_from_every_backup_reaches()
        => Gen.Select(Gen.ULong[1, 24].HashSet[0, 24], Gen.ULong[1, 24].HashSet[0, 4], Gen.ULong[1, 24].HashSet[0, 3])
            .Sample((archived, held, twice) =>
            {
                var reached = new SortedSet<ulong>();

                foreach (var start in held)
                    for (var at = start; at == start || (archived.Contains(at) && !twice.Contains(at)); at++)
                        reached.Add(at);

                var files = archived.Concat(twice.Where(archived.Contains)).ToArray();
                var told = Spans([.. files], [.. held.Order()])
                    .SelectMany(span => Range(span.Held, span.Last))
                    .ToHashSet();

                Assert.Equal(reached, [.. told.Order()]);
            }, iter: 3000, seed: "0000000000000");

    [Fact]
    public void Without_a_history_file_a_timeline_is_taken_to_leave_the_newest_that_leads_to_it()
    {
        var archives = SegmentArchive.Of(Files([(1, 4), (1, 5), (2, 6), (2, 7), (3, 8)]), Size);
        var forks = SegmentForks.Of(archives, new Dictionary<uint, TimelineHistory>(), Size);

        Assert.Equal(new SegmentFork(1, 6, IsProven: false), forks[2]);
        Assert.Equal(new SegmentFork(2, 8, IsProven: false), forks[3]);
        Assert.False(forks.ContainsKey(1));
    }

    [Fact]
    public void A_history_file_is_believed_before_names()
    {
        var archives = SegmentArchive.Of(Files([(1, 4), (1, 5), (1, 6), (2, 6), (3, 5)]), Size);
        var history = TimelineHistory.Parse(3, "1\t0/5000100\tbefore 2026\n");

        Assert.Equal(
            new SegmentFork(1, 5, IsProven: true),
            SegmentForks.Of(archives, new Dictionary<uint, TimelineHistory> { [3] = history }, Size)[3]);
    }

    [Fact]
    public void A_salvaged_part_of_a_segment_counts_where_the_whole_one_is_missing()
    {
        var archive = SegmentArchive.Of(
            [.. Files([(1, 4)]), File($"{new WalSegment(1, 5).Name(Size)}.partial", 'a')], Size)[1];

        Assert.Equal([(4UL, 5UL)], archive.UsableRuns());
    }

    static IEnumerable<ulong> Range(ulong first, ulong last)
    {
        for (var n = first; n <= last; n++)
            yield return n;
    }

    static IReadOnlyList<(ulong Held, ulong First, ulong Last)> Spans(ulong[] archived, ulong[] held)
    {
        var lines = Lines(
            [.. archived.Select(n => (1u, n))], [.. held.Select(n => Backup(1, n))], []);

        return lines.Count == 0
            ? []
            : [.. lines[0].Spans.Select(s => (lines[0].HeldBy(s.Entry!), s.First, s.Last))];
    }

    static IReadOnlyList<SegmentLine> Lines(
        (uint, ulong)[] archived, Manifest[] backups, (uint Timeline, SegmentFork Fork)[] forks)
        => SegmentLine.Follow(
            SegmentArchive.Of(Files(archived), Size), forks.ToDictionary(f => f.Timeline, f => f.Fork), backups, Size);

    static IEnumerable<ArchivedFile> Files((uint Timeline, ulong Number)[] segments)
        => segments.Select((s, i) => File(new WalSegment(s.Timeline, s.Number).Name(Size), (char)('a' + (i % 6))));

    static ArchivedFile File(string name, char content)
        => new(name, new string(content, 32), new ObjectKey($"x/{name}-{new string(content, 32)}"), 1);

    static Manifest Backup(uint timeline, ulong held, bool isGood = true)
        => Scene.Backup(Scene.Noon.AddMinutes(held), isFull: true, 1 << 20, isGood) with
        {
            Timeline = timeline,
            StopLsn = new Lsn((held * (ulong)Size.Bytes) + 0x100),
        };
}
