using TomoBackup.Policies;

namespace TomoBackup.Tests.Policies;

public sealed class PolicyPlacesTests
{
    const string Text = """
        version: 1
        repositories:
          offsite:
            lifecycle: { wal: 45d, repository.json: 9d, "": 1d }
        """;

    [Theory]
    [InlineData("repositories.offsite.lifecycle.wal", 4, 18)]
    [InlineData("repositories.offsite.lifecycle.repository.json", 4, 28)]
    [InlineData("repositories.offsite.lifecycle.", 4, 49)]
    [InlineData("repositories.offsite.lifecycle", 4, 5)]
    [InlineData("repositories.offsite.follows", 3, 3)]
    [InlineData("repositories.other", 2, 1)]
    public void Finds_a_key_or_the_nearest_section_above(string path, int line, int column)
        => Assert.Equal((line, column), PolicyPlaces.Of(Text).Find(path));

    [Fact]
    public void Says_nothing_of_what_the_file_does_not_speak_of()
        => Assert.Null(PolicyPlaces.Of(Text).Find("tests.drill"));
}
