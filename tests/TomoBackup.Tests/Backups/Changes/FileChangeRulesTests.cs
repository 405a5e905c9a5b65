using TomoBackup.Backups;
using TomoBackup.Backups.Changes;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Summaries;
using TomoBackup.Repositories.FileList;

namespace TomoBackup.Tests.Backups.Changes;

/// <summary>One file, the parent's, and what WAL says of it: what a backup does with it.</summary>
public sealed class FileChangeRulesTests
{
    const int BlockBytes = 8192;
    const uint SegmentBlocks = 131_072;
    const string Table = "base/5/16384";

    static readonly DateTimeOffset Then = new(2026, 3, 2, 11, 0, 0, TimeSpan.Zero);
    static readonly RelationForkId Fork = new(1663, 5, 16384, RelationFork.Main);

    [Fact]
    public void A_file_that_WAL_does_not_name_is_the_same()
        => Assert.IsType<FileChange.Same>(Decide(Changes(), Table, blocks: 100, parent: 100));

    [Fact]
    public void A_file_that_the_parent_does_not_have_is_whole()
        => Whole("the parent does not have it", Rules(Changes()).Decide(File(Table), 100 * BlockBytes, null));

    [Fact]
    public void Blocks_that_WAL_names_are_copied()
        => Blocks("3-4 9", Decide(Changes(f => Add(f, 3, 4, 9)), Table, blocks: 100, parent: 100));

    [Fact]
    public void Blocks_that_the_parent_did_not_have_are_copied_though_no_WAL_names_them()
        => Blocks("3 100-119", Decide(Changes(f => Add(f, 3)), Table, blocks: 120, parent: 100));

    /// <summary>The trap of PostgreSQL's own rule (facts §6.6): blocks were cut off and added again, and not all of
    /// them are in WAL. Not one may come from the parent.</summary>
    [Fact]
    public void Blocks_behind_a_cut_are_copied_though_the_parent_had_them()
        => Blocks("58-59", Decide(
            Changes(f =>
            {
                f.Cut(58);
                Add(f, 59);
            }),
            Table, blocks: 60, parent: 900));

    [Fact]
    public void A_file_that_was_only_cut_refers_to_the_parent_up_to_its_new_end()
        => Blocks("", Decide(Changes(f => f.Cut(60)), Table, blocks: 60, parent: 100));

    [Fact]
    public void A_file_that_shrank_and_that_WAL_does_not_name_refers_to_the_parent_up_to_its_end()
        => Blocks("", Decide(Changes(), Table, blocks: 60, parent: 100));

    [Fact]
    public void Blocks_that_WAL_names_behind_the_end_of_the_file_do_not_count()
        => Blocks("5", Decide(Changes(f => Add(f, 5, 60, 99)), Table, blocks: 60, parent: 100));

    [Theory]
    [InlineData(0u)]
    [InlineData(131_072u)]
    public void A_file_that_was_cut_where_it_begins_is_whole(uint limit)
        => Whole(
            "it was made anew or cut to nothing",
            Decide(Changes(f => f.Cut(limit)), limit == 0 ? Table : Table + ".1", blocks: 100, parent: 100));

    [Fact]
    public void A_segment_behind_a_cut_is_whole_and_the_one_before_it_is_not()
    {
        var changes = Changes(f => f.Cut(SegmentBlocks + 10));

        Whole("it was made anew or cut to nothing", Decide(changes, Table + ".2", blocks: 100, parent: 100));
        Blocks("10-19", Decide(changes, Table + ".1", blocks: 20, parent: 100));
        Whole("most of it changed", Decide(changes, Table + ".1", blocks: 100, parent: 100));
        Assert.IsType<FileChange.Same>(Decide(changes, Table, blocks: 131_072, parent: 131_072));
    }

    [Fact]
    public void Blocks_are_counted_from_the_beginning_of_each_segment()
        => Blocks("7", Decide(
            Changes(f => Add(f, SegmentBlocks - 1, SegmentBlocks + 7, 2 * SegmentBlocks)),
            Table + ".1", blocks: 100, parent: 100));

    [Fact]
    public void A_file_of_a_database_that_was_made_anew_is_whole()
        => Whole(
            "its database was made anew",
            Decide(
                Changes(_ => { }, new RelationForkId(1663, 5, 0, RelationFork.Main)), Table, blocks: 100, parent: 100));

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public void A_file_of_which_more_than_half_changed_is_whole(int changed, bool whole)
    {
        var change = Decide(
            Changes(f => Add(f, [.. Enumerable.Range(0, changed).Select(block => (uint)block)])),
            Table, blocks: 100, parent: 100);

        if (whole)
            Whole("most of it changed", change);
        else
            Blocks("0-49", change);
    }

    [Fact]
    public void A_file_that_changed_in_more_places_than_a_map_has_room_for_is_whole()
    {
        uint[] Places(int count) => [.. Enumerable.Range(0, count).Select(i => (uint)i * 4)];

        Assert.IsType<FileChange.Blocks>(Decide(
            Changes(f => Add(f, Places(BlockMap.MaxRuns / 2))), Table, blocks: 100_000, parent: 100_000));
        Whole(
            "it changed in too many places",
            Decide(Changes(f => Add(f, Places(BlockMap.MaxRuns / 2 + 1))), Table, blocks: 100_000, parent: 100_000));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    [InlineData(0, 0)]
    public void A_file_that_is_or_was_empty_is_whole(long blocks, long parent)
        => Whole("it is or was empty", Decide(Changes(), Table, blocks, parent));

    [Theory]
    [InlineData(100 * BlockBytes + 1, 100 * BlockBytes)]
    [InlineData(100 * BlockBytes, 100 * BlockBytes - 1)]
    [InlineData((SegmentBlocks + 1L) * BlockBytes, 100 * BlockBytes)]
    public void A_file_whose_size_no_relation_has_is_whole(long length, long parent)
        => Whole(
            "its size is not one of whole blocks", Rules(Changes()).Decide(File(Table), length, Parent(Table, parent)));

    [Fact]
    public void Without_summaries_every_page_is_looked_at()
        => Assert.IsType<FileChange.ByPage>(Decide(null, Table, blocks: 100, parent: 90));

    /// <summary>WAL does not tell all of what is in them, or nothing (facts §6.1): only their content does.</summary>
    [Theory]
    [InlineData("base/5/16384_fsm")]
    [InlineData("base/5/16384_vm")]
    [InlineData("base/5/16384_init")]
    [InlineData("base/5/pg_filenode.map")]
    [InlineData("pg_xact/0000")]
    [InlineData("postgresql.conf")]
    public void A_file_that_is_no_main_fork_is_compared_where_size_and_time_agree_and_whole_where_not(string path)
    {
        foreach (var rules in new[] { Rules(Changes()), Rules(null) })
        {
            var same = Parent(path, 8192);
            Assert.IsType<FileChange.Compared>(rules.Decide(File(path), 8192, same));
            Assert.IsType<FileChange.Compared>(
                rules.Decide(File(path) with { Modified = Then.AddTicks(9) }, 8192, same));

            const string Untold = "WAL does not tell what changed in such a file";
            Whole(Untold, rules.Decide(File(path), 8193, same));
            Whole(Untold, rules.Decide(File(path) with { Modified = Then.AddMicroseconds(1) }, 8192, same));
            Whole(Untold, rules.Decide(File(path), 8192, same with { Modified = null }));
            Whole(Untold, rules.Decide(File(path), 8192, same with { Crc32c = null }));
        }
    }

    static FileChange Decide(ChangedBlocks? changes, string path, long blocks, long parent)
        => Rules(changes).Decide(File(path), blocks * BlockBytes, Parent(path, parent * BlockBytes));

    static FileChangeRules Rules(ChangedBlocks? changes) => new(changes, BlockBytes, SegmentBlocks);

    static PlannedFile File(string path)
        => new(path, $"/data/{path}", 0, UnixFileMode.UserRead | UnixFileMode.UserWrite, Then, null);

    static FileListLine Parent(string path, long size)
        => new() { Type = FileListLine.File, Path = path, Size = size, Modified = Then, Crc32c = "00000000" };

    static ChangedBlocks Changes() => new();

    static ChangedBlocks Changes(Action<ChangedFork> what, RelationForkId? fork = null)
    {
        var changes = new ChangedBlocks();
        what(changes.Of(fork ?? Fork));
        return changes;
    }

    static void Add(ChangedFork fork, params uint[] blocks) => Array.ForEach(blocks, fork.Add);

    static void Whole(string reason, FileChange change)
        => Assert.Equal(reason, Assert.IsType<FileChange.Whole>(change).Reason);

    static void Blocks(string expected, FileChange change)
        => Assert.Equal(
            expected,
            string.Join(' ', Assert.IsType<FileChange.Blocks>(change).Ranges.Select(range
                => range.Count == 1 ? $"{range.First}" : $"{range.First}-{range.First + range.Count - 1}")));
}
