using TomoBackup.Postgres.DataDirectory;

namespace TomoBackup.Tests.Postgres.DataDirectory;

public sealed class DataDirectoryRulesTests
{
    static readonly IReadOnlySet<uint> None = new HashSet<uint>();

    [Theory]
    [InlineData("PG_VERSION", PathKind.File)]
    [InlineData("global/pg_control", PathKind.File)]
    [InlineData("base/5/16384.1", PathKind.File)]
    [InlineData("base/5/16384_init", PathKind.File)]
    [InlineData("backup_label.old", PathKind.File)]
    [InlineData("tablespace_map.old", PathKind.File)]
    [InlineData("log/t3_16385", PathKind.File)]
    [InlineData("log", PathKind.Directory)]
    [InlineData("pg_tblspc", PathKind.Directory)]
    [InlineData("pg_tblspc/16400", PathKind.SymbolicLink)]
    [InlineData("pg_tblspc/16400", PathKind.Directory)]
    [InlineData("pg_stat", PathKind.Directory)]
    [InlineData("log/pg_wal", PathKind.Directory)]
    [InlineData("pg_xact/0000", PathKind.File)]
    public void Copies(string path, PathKind kind)
        => Assert.Equal(PathDecision.Copy, DataDirectoryRules.Decide(path, kind, None));

    [Theory]
    [InlineData("pg_wal", PathKind.Directory, SkipReason.WriteAheadLog)]
    [InlineData("pg_wal", PathKind.SymbolicLink, SkipReason.WriteAheadLog)]
    [InlineData("pg_replslot", PathKind.Directory, SkipReason.RemadeByServer)]
    [InlineData("pg_stat_tmp", PathKind.SymbolicLink, SkipReason.RemadeByServer)]
    [InlineData("deep/below/pg_notify", PathKind.Directory, SkipReason.RemadeByServer)]
    public void Empties(string path, PathKind kind, SkipReason reason)
        => Assert.Equal(PathDecision.Empty(reason), DataDirectoryRules.Decide(path, kind, None));

    [Theory]
    [InlineData("postmaster.pid", PathKind.File, SkipReason.RemadeByServer)]
    [InlineData("base/5/pg_internal.init.123", PathKind.File, SkipReason.RemadeByServer)]
    [InlineData("backup_label", PathKind.File, SkipReason.BelongsToBackup)]
    [InlineData("log/backup_manifest", PathKind.File, SkipReason.BelongsToBackup)]
    [InlineData("base/pgsql_tmp", PathKind.Directory, SkipReason.TemporaryFile)]
    [InlineData("base/pgsql_tmp/pgsql_tmp12.0", PathKind.File, SkipReason.TemporaryFile)]
    [InlineData("base/pgsql_tmp/innocent", PathKind.File, SkipReason.TemporaryFile)]
    [InlineData(".DS_Store", PathKind.File, SkipReason.TemporaryFile)]
    [InlineData("base/5/t3_16385_fsm", PathKind.File, SkipReason.TemporaryRelation)]
    [InlineData("pg_tblspc/16400/PG_18_202506291/5/t3_9", PathKind.File, SkipReason.TemporaryRelation)]
    [InlineData("pg_wal/000000010000000000000001", PathKind.File, SkipReason.WriteAheadLog)]
    [InlineData("pg_replslot/a/state", PathKind.File, SkipReason.RemadeByServer)]
    [InlineData("log", PathKind.SymbolicLink, SkipReason.ForeignLink)]
    [InlineData("pg_tblspc/mine", PathKind.SymbolicLink, SkipReason.ForeignLink)]
    [InlineData("pg_tblspc/16400/link", PathKind.SymbolicLink, SkipReason.ForeignLink)]
    [InlineData(".s.PGSQL.5432", PathKind.Special, SkipReason.SpecialFile)]
    public void Leaves_out(string path, PathKind kind, SkipReason reason)
        => Assert.Equal(PathDecision.Skip(reason), DataDirectoryRules.Decide(path, kind, None));

    [Theory]
    [InlineData("16384", true)]
    [InlineData("16384.1", true)]
    [InlineData("16384_fsm", true)]
    [InlineData("16384_init", false)]
    [InlineData("16385", false)]
    [InlineData("16385_init.1", false)]
    public void Keeps_only_the_init_fork_of_an_unlogged_relation(string name, bool isLeftOut)
    {
        var unlogged = DataDirectoryRules.UnloggedRelations(
            ["16384", "16384.1", "16384_init", "16385", "16385_init.1"]);
        var decision = DataDirectoryRules.Decide($"base/5/{name}", PathKind.File, unlogged);

        Assert.Equal(isLeftOut ? PathDecision.Skip(SkipReason.UnloggedRelation) : PathDecision.Copy, decision);
        Assert.Equal(PathDecision.Copy, DataDirectoryRules.Decide($"elsewhere/{name}", PathKind.File, unlogged));
    }

    [Theory]
    [InlineData("global", true)]
    [InlineData("base/5", true)]
    [InlineData("pg_tblspc/16400/PG_18_202506291/5", true)]
    [InlineData("base", false)]
    [InlineData("base/pgsql_tmp", false)]
    [InlineData("other/5", false)]
    [InlineData("pg_tblspc/16400/5", false)]
    [InlineData("x/pg_tblspc/16400/PG_18_202506291/5", false)]
    [InlineData("", false)]
    public void Knows_where_relations_are(string directory, bool expected)
        => Assert.Equal(expected, DataDirectoryRules.IsRelationDirectory(directory));

    [Fact]
    public void Names_each_required_directory_after_its_parent()
    {
        var directories = DataDirectoryRules.RequiredDirectories(18);

        Assert.Contains("pg_wal/summaries", directories);
        Assert.DoesNotContain("pg_wal/summaries", DataDirectoryRules.RequiredDirectories(16));
        Assert.Contains("pg_multixact/members", directories);

        foreach (var (index, directory) in directories.Index())
            if (directory.LastIndexOf('/') is > 0 and var slash)
                Assert.Contains(directory[..slash], directories.Take(index));
    }
}
