using TomoBackup.Postgres.DataDirectory;

namespace TomoBackup.Tests.Postgres.DataDirectory;

public sealed class RelationFileNameTests
{
    [Theory]
    [InlineData("16384", 16384, RelationFork.Main, 0, false)]
    [InlineData("16384.1", 16384, RelationFork.Main, 1, false)]
    [InlineData("16384_fsm", 16384, RelationFork.FreeSpaceMap, 0, false)]
    [InlineData("16384_vm.12", 16384, RelationFork.VisibilityMap, 12, false)]
    [InlineData("4294967295_init", uint.MaxValue, RelationFork.Init, 0, false)]
    [InlineData("t3_16385", 16385, RelationFork.Main, 0, true)]
    [InlineData("t0_16385_fsm.2", 16385, RelationFork.FreeSpaceMap, 2, true)]
    public void Takes_names_of_relations_apart(string name, uint number, RelationFork fork, int segment, bool temporary)
    {
        Assert.True(RelationFileName.TryParse(name, out var file));
        Assert.Equal(new RelationFileName(number, fork, segment, temporary), file);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PG_VERSION")]
    [InlineData("pg_filenode.map")]
    [InlineData("0")]
    [InlineData("016384")]
    [InlineData("4294967296")]
    [InlineData("16384.")]
    [InlineData("16384.0")]
    [InlineData("16384.01")]
    [InlineData("16384_xyz")]
    [InlineData("16384_fsm_vm")]
    [InlineData("16384.1.1")]
    [InlineData("16384~")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("t_16385")]
    [InlineData("t3_")]
    [InlineData("t16385")]
    public void Leaves_other_names_alone(string name) => Assert.False(RelationFileName.TryParse(name, out _));
}
