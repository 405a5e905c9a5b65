using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Summaries;

namespace TomoBackup.Tests.Postgres.Summaries;

public sealed class RelationForkIdTests
{
    [Theory]
    [InlineData("base/5/16384", 1663, 5, 16384, RelationFork.Main, 0)]
    [InlineData("base/5/16384.2", 1663, 5, 16384, RelationFork.Main, 2)]
    [InlineData("base/5/16384_vm", 1663, 5, 16384, RelationFork.VisibilityMap, 0)]
    [InlineData("base/5/16384_fsm.1", 1663, 5, 16384, RelationFork.FreeSpaceMap, 1)]
    [InlineData("base/5/16384_init", 1663, 5, 16384, RelationFork.Init, 0)]
    [InlineData("global/1262", 1664, 0, 1262, RelationFork.Main, 0)]
    [InlineData("global/1262_vm", 1664, 0, 1262, RelationFork.VisibilityMap, 0)]
    [InlineData("pg_tblspc/16400/PG_18_202506291/5/16401.1", 16400, 5, 16401, RelationFork.Main, 1)]
    [InlineData("pg_tblspc/4294967295/PG_15_202209061/4294967294/4294967293", 4294967295, 4294967294, 4294967293,
        RelationFork.Main, 0)]
    public void A_file_is_the_fork_that_WAL_names(
        string path, uint tablespace, uint database, uint relation, RelationFork fork, int segment)
    {
        Assert.True(RelationForkId.TryParse(path, out var id, out var found));

        Assert.Equal(new RelationForkId(tablespace, database, relation, fork), id);
        Assert.Equal(segment, found);
    }

    [Theory]
    [InlineData("PG_VERSION")]
    [InlineData("base/5/PG_VERSION")]
    [InlineData("base/5/pg_filenode.map")]
    [InlineData("base/5/t3_16384")]
    [InlineData("base/5/16384.0")]
    [InlineData("base/5/016384")]
    [InlineData("base/5/16384_map")]
    [InlineData("base/0/16384")]
    [InlineData("base/99999999999/16384")]
    [InlineData("base/pgsql_tmp/16384")]
    [InlineData("base/16384")]
    [InlineData("global/pg_control")]
    [InlineData("pg_xact/0000")]
    [InlineData("pg_xact/5/16384")]
    [InlineData("pg_tblspc/16400/5/16401")]
    [InlineData("pg_tblspc/16400/PG_18_202506291/16401")]
    [InlineData("pg_tblspc/0/PG_18_202506291/5/16401")]
    [InlineData("16384")]
    public void Whatever_is_no_file_of_a_lasting_relation_has_no_fork(string path)
        => Assert.False(RelationForkId.TryParse(path, out _, out _));
}
