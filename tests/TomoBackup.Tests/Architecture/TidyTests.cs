using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TomoBackup.Tests.Architecture;

public sealed partial class TidyTests
{
    const int Columns = 120;
    const int MethodLines = 70;

    // Methods that are longer than a screen, with their lines. A number here may fall, never rise.
    static readonly Dictionary<string, int> Overruns = [];

    // Words that say nothing about what a type is for.
    static readonly HashSet<string> Refused =
    [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Handler", "Processor", "Data", "Info",
        "Base", "Common", "New", "V2",
    ];

    // Terms of PostgreSQL that hold a refused word: another name for them would be harder to read.
    static readonly string[] FieldTerms = ["DataDirectory", "DataChecksums"];

    [Fact]
    public void No_line_is_wider_than_120_columns()
        => Rule.Holds(SourceTree.Code.SelectMany(file => file.Lines.Index()
            .Where(line => line.Item.TrimEnd('\r').Length > Columns)
            .Select(line => $"{file.Path}:{line.Index + 1}: {line.Item.Length} columns")));

    [Fact]
    public void A_method_fits_on_a_screen_and_a_listed_overrun_only_shrinks()
    {
        var tooLong = SourceTree.Code
            .SelectMany(file => file.Methods.Select(method => (Name: $"{file.Path}: {method.Name}", method.Lines)))
            .Where(method => method.Lines > MethodLines)
            .ToDictionary(method => method.Name, method => method.Lines);

        Assert.Equal(Overruns, tooLong);
    }

    [Fact]
    public void The_length_of_a_method_is_counted_from_its_parameters_to_its_brace()
    {
        const string Code = "class A\n{\n[X]\nint F(\nint x)\n{\nreturn G();\n\nint G()\n=> 1;\n}\nA() { }\n}";

        Assert.Equal([("F", 8), ("G", 2), ("A", 1)], new CSharpFile("A.cs", Code).Methods);
    }

    [Fact]
    public void A_type_is_named_for_what_it_is()
        => Rule.Holds(SourceTree.Code.SelectMany(file => file.Types
            .Where(IsRefused).Select(type => $"{file.Path}: {type}")));

    [Theory]
    [InlineData("KeyManager", true)]
    [InlineData("BackupInfo", true)]
    [InlineData("IDataReader", true)]
    [InlineData("ManifestV2", true)]
    [InlineData("DataDirectoryHelper", true)]
    [InlineData("DataDirectoryWalk", false)]
    [InlineData("DatabaseFacts", false)]
    [InlineData("AgeBase64", false)]
    [InlineData("NewestBackup", false)]
    public void A_refused_word_counts_as_a_whole_word_only(string type, bool refused)
        => Assert.Equal(refused, IsRefused(type));

    [Fact]
    public void Nothing_in_the_source_is_left_for_later()
        => Rule.Holds(Matches(SourceTree.Source, Unfinished()));

    [Fact]
    public void There_are_no_regions()
        => Rule.Holds(Matches(SourceTree.Code, Region()));

    [Fact]
    public void A_warning_is_silenced_with_a_reason_only()
    {
        Rule.Holds(Matches(SourceTree.Code, SilencedWithoutReason()));
        Rule.Holds(SourceTree.Code.SelectMany(file => file.Root.DescendantNodes()
            .OfType<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString().EndsWith("SuppressMessage", StringComparison.Ordinal)
                && !attribute.ToString().Contains("Justification", StringComparison.Ordinal))
            .Select(attribute => $"{file.Path}: {attribute}")));
    }

    [Theory]
    [InlineData("// TODO: later", 1)]
    [InlineData("throw new NotImplementedException();", 1)]
    [InlineData("#region Fields", 1)]
    [InlineData("#pragma warning disable CA1031", 1)]
    [InlineData("#pragma warning disable CA1031 // the door catches all", 0)]
    [InlineData("var todo = Hacksaw;", 0)]
    public void What_is_untidy_is_found(string line, int found)
        => Assert.Equal(
            found,
            new[] { Unfinished(), Region(), SilencedWithoutReason() }
                .Sum(rule => Matches([new CSharpFile("A.cs", line)], rule).Count()));

    [Fact]
    public void The_terminal_is_touched_in_one_folder_only()
        => Rule.Holds(SourceTree.Source
            .Where(file => file.Names.Contains("Console") && !file.IsBelow("src/TomoBackup.Cli/Output"))
            .Select(file => file.Path));

    static bool IsRefused(string type)
        => Word().Matches(FieldTerms.Aggregate(type, (name, term) => name.Replace(term, "", StringComparison.Ordinal)))
            .Any(word => Refused.Contains(word.Value));

    static IEnumerable<string> Matches(IEnumerable<CSharpFile> files, Regex rule)
        => files.SelectMany(file => file.Lines.Index()
            .Where(line => rule.IsMatch(line.Item.TrimEnd()) && !IsThisFile(file))
            .Select(line => $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}"));

    // It has to spell what it looks for.
    static bool IsThisFile(CSharpFile file) => file.Path.EndsWith($"/{nameof(TidyTests)}.cs", StringComparison.Ordinal);

    [GeneratedRegex(@"[A-Z]+(?=[A-Z][a-z])|[A-Z][a-z]*[0-9]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\s*#(end)?region\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"^\s*#pragma warning disable(?!.*//\s*\S)")]
    private static partial Regex SilencedWithoutReason();
}
