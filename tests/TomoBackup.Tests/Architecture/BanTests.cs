using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TomoBackup.Tests.Architecture;

public sealed class BanTests
{
    const string BanFile = "build/BannedSymbols.txt";

    static readonly string[] Bans = SourceTree.Read(BanFile).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void The_list_is_given_to_the_analyzer_in_every_project()
    {
        var props = XDocument.Parse(SourceTree.Read("Directory.Build.props"));

        var list = props.Descendants("AdditionalFiles").Single();
        Assert.EndsWith(BanFile, (string?)list.Attribute("Include"));

        var analyzer = props.Descendants("PackageReference").Single(
            item => (string?)item.Attribute("Include") is "Microsoft.CodeAnalysis.BannedApiAnalyzers");

        Assert.All([list, analyzer], item => Assert.Null(item.Parent!.Attribute("Condition")));
        Assert.Equal("true", props.Descendants("TreatWarningsAsErrors").Single().Value);
    }

    [Fact]
    public void The_analyzer_is_silent_in_tests_only()
    {
        var section = "";

        foreach (var line in SourceTree.Read(".editorconfig").Split('\n'))
        {
            if (line.StartsWith('['))
                section = line;
            else if (line.Contains("RS0030", StringComparison.Ordinal))
                Assert.StartsWith("[tests/", section);
        }

        Assert.DoesNotContain(SourceTree.Source, file => file.Lines.Any(
            line => line.Contains("warning disable", StringComparison.Ordinal)
                && line.Contains("RS0030", StringComparison.Ordinal)));
    }

    // A ban with a misspelled name bans nothing, and nobody is told.
    [Fact]
    public void Every_ban_names_something_that_exists_and_says_what_to_use_instead()
    {
        var compilation = CSharpCompilation.Create("bans", references: Platform());

        Assert.All(Bans, ban =>
        {
            var parts = ban.Split(';');
            Assert.Equal(2, parts.Length);
            Assert.NotEmpty(parts[1]);
            Assert.NotNull(DocumentationCommentId.GetFirstSymbolForDeclarationId(parts[0], compilation));
        });
    }

    [Theory]
    [InlineData("M:System.IO.FileStream.Flush(System.Boolean)")]
    [InlineData("M:System.IO.RandomAccess.FlushToDisk(Microsoft.Win32.SafeHandles.SafeFileHandle)")]
    [InlineData("M:System.Guid.NewGuid")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("T:System.Random")]
    public void What_the_rules_rest_on_is_banned(string symbol)
        => Assert.Contains(Bans, ban => ban.StartsWith(symbol + ";", StringComparison.Ordinal));

    static IEnumerable<PortableExecutableReference> Platform()
        => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
}
