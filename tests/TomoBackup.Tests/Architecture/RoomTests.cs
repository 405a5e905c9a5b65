namespace TomoBackup.Tests.Architecture;

public sealed class RoomTests
{
    [Fact]
    public void Every_folder_of_the_engine_is_a_room_of_the_table()
        => Rule.Holds(new RoomRule(SourceTree.Code).Strangers());

    [Fact]
    public void No_room_looks_where_the_table_keeps_the_door_closed()
        => Rule.Holds(new RoomRule(SourceTree.Code).Violations());

    [Fact]
    public void Verbs_are_siblings_that_never_see_each_other_nor_the_door()
    {
        string[] verbs = ["Backups", "Archiving", "Restores"];

        foreach (var room in Rooms.Table.Where(room => room.Name is not "Operations"))
            Assert.DoesNotContain("Operations", room.Into);

        foreach (var verb in verbs)
            Assert.Empty(Rooms.Table.Single(room => room.Name == verb).Into.Intersect(verbs));
    }

    [Theory]
    [InlineData("using TomoBackup.Restores;")]
    [InlineData("using static TomoBackup.Restores.RestorePlan;")]
    [InlineData("using Plan = TomoBackup.Restores.RestorePlan;")]
    [InlineData("class A { TomoBackup.Restores.RestorePlan? _plan; }")]
    [InlineData("class A { global::TomoBackup.Restores.RestorePlan? _plan; }")]
    [InlineData("class A { Restores.RestorePlan? _plan; }")]
    [InlineData("class A { object Make() => Restores.RestorePlan.Make(); }")]
    [InlineData("class A { object Make() => new Restores.RestorePlan(); }")]
    public void A_look_into_a_sibling_is_found_however_it_is_written(string code)
        => Assert.Contains("'Backups' looks into 'Restores'", Assert.Single(Violations("Backups/A.cs", code)));

    [Theory]
    [InlineData("using TomoBackup.Repositories; using TomoBackup.Codecs; using TomoBackup.Postgres.Wal;")]
    [InlineData("using TomoBackup.Operations; class A { IProgress<OperationProgress>? _progress; }")]
    [InlineData("// using TomoBackup.Restores;")]
    [InlineData("class A { List<int> Restores = []; int Count => Restores.Count; }")]
    public void What_the_table_opens_is_let_through(string code)
        => Rule.Holds(Violations("Backups/A.cs", code));

    [Theory]
    [InlineData("Codecs/A.cs", "using TomoBackup.Postgres;")]
    [InlineData("Codecs/A.cs", "using TomoBackup.Repositories;")]
    [InlineData("Repositories/FileList/A.cs", "using TomoBackup.Policies;")]
    [InlineData("A.cs", "using TomoBackup.Codecs;")]
    [InlineData("Restores/A.cs", "using TomoBackup.Operations; class A { OperationDoor? _door; }")]
    public void Other_closed_doors_are_closed(string path, string code) => Assert.Single(Violations(path, code));

    [Fact]
    public void The_table_for_people_says_the_same()
    {
        var page = SourceTree.Read("ARCHITECTURE.md").Split('\n');

        foreach (var room in Rooms.Table)
        {
            var row = Assert.Single(page, line => line.StartsWith($"| `{room.Name}` |", StringComparison.Ordinal));
            var said = row.Split('|')[3].Split(',', StringSplitOptions.TrimEntries).Where(name => name is not "–");
            var expected = room.Name is "Operations" ? ["all"] : room.Into;

            Assert.Equal(expected.Order(), said.Order());
        }
    }

    static IEnumerable<string> Violations(string path, string code)
        => new RoomRule(
        [
            new CSharpFile($"{Rooms.Folder}/{path}", code),
            new CSharpFile($"{Rooms.Folder}/Restores/RestorePlan.cs", "sealed class RestorePlan;"),
            new CSharpFile($"{Rooms.Folder}/Operations/OperationProgress.cs", "struct OperationProgress;"),
            new CSharpFile($"{Rooms.Folder}/Operations/OperationDoor.cs", "class OperationDoor;"),
        ]).Violations();
}
