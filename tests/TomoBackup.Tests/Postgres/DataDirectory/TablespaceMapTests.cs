using CsCheck;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;

namespace TomoBackup.Tests.Postgres.DataDirectory;

public sealed class TablespaceMapTests
{
    [Fact]
    public void Reads_and_writes_the_servers_escapes()
    {
        const string Text = "16400 /srv/fast one\n16401 /srv/a\\\\b\\\nc\\\rd\n";
        var map = TablespaceMap.Parse(Text);

        Assert.Equal(
            [new TablespaceLocation(16400, "/srv/fast one"), new TablespaceLocation(16401, "/srv/a\\b\nc\rd")],
            map.Locations);
        Assert.Equal(Text, map.Format());
    }

    [Fact]
    public void Any_path_comes_back()
        => Gen.Select(Gen.UInt, Gen.Char["ab/ \\\n\r"].Array[1, 12]).Array[0, 5].Sample(
            entries =>
            {
                var locations = entries.Select(e => new TablespaceLocation(e.Item1, new string(e.Item2))).ToArray();
                return TablespaceMap.Parse(new TablespaceMap(locations).Format()).Locations.SequenceEqual(locations);
            },
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void Moves_tablespaces()
        => Assert.Equal(
            "1 /new/1\n2 /b\n",
            TablespaceMap.Parse("1 /a\n2 /b\n").Remap(t => t.Path == "/a" ? $"/new/{t.Oid}" : t.Path).Format());

    [Theory]
    [InlineData("16400 /srv/a")]
    [InlineData("16400 /srv/a\\\n")]
    [InlineData("16400\n")]
    [InlineData("16400 \n")]
    [InlineData("x /srv/a\n")]
    [InlineData("\n")]
    public void Refuses_a_broken_map(string text)
        => Assert.Throws<PostgresFormatException>(() => TablespaceMap.Parse(text));

    [Fact]
    public void Nothing_is_an_empty_map() => Assert.Empty(TablespaceMap.Parse("").Locations);
}
