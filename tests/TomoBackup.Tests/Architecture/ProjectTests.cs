using System.Xml.Linq;

namespace TomoBackup.Tests.Architecture;

public sealed class ProjectTests
{
    static readonly string[] Projects = [.. SourceTree.Files
        .Where(path => path.StartsWith("src/", StringComparison.Ordinal))
        .Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))];

    // A library that only one place needs stays there: the others do not depend on its names.
    static readonly Dictionary<string, string[]> HomesOf = new()
    {
        // The demo plays the application, which must not see the database through the engine's eyes.
        ["Npgsql"] = ["src/TomoBackup.Postgres/Server", "src/TomoBackup.Cli/Demo"],
        ["YamlDotNet"] = ["src/TomoBackup.Engine/Policies"],
        ["Org.BouncyCastle"] = ["src/TomoBackup.Engine/Codecs"],
        ["Amazon"] = ["src/TomoBackup.Storage/S3"],
        ["Renci.SshNet"] = ["src/TomoBackup.Storage/Sftp"],
        ["System.CommandLine"] = ["src/TomoBackup.Cli"],
    };

    [Theory]
    [InlineData("TomoBackup.Postgres", "")]
    [InlineData("TomoBackup.Storage", "")]
    [InlineData("TomoBackup.Engine", "TomoBackup.Postgres TomoBackup.Storage")]
    [InlineData("TomoBackup.Cli", "TomoBackup.Engine")]
    public void A_wall_refers_to_what_lies_below_it_only(string project, string below)
        => Assert.Equal(
            below.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Items($"src/{project}/{project}.csproj", "ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference)).Order());

    [Fact]
    public void There_are_no_other_projects()
        => Assert.Equal(
            ["TomoBackup.Cli", "TomoBackup.Engine", "TomoBackup.Postgres", "TomoBackup.Storage"],
            Projects.Select(path => Path.GetFileNameWithoutExtension(path)).Order());

    [Fact]
    public void Only_tests_see_what_is_internal()
    {
        var fromProjects = Projects.SelectMany(path => Items(path, "InternalsVisibleTo"));
        var fromCode = SourceTree.Source.Where(file => file.Names.Contains("InternalsVisibleTo"))
            .SelectMany(file => file.Strings.Where(text => text.StartsWith("TomoBackup", StringComparison.Ordinal)));

        var friends = fromProjects.Concat(fromCode).Distinct().Order().ToList();

        Assert.NotEmpty(friends);
        // The executable draws plans and reports, which are values of the engine; the rooms test keeps it to the door.
        Rule.Holds(friends.Except(["TomoBackup.Scenarios", "TomoBackup.Testing", "TomoBackup.Tests", "tomo-backup"]));
    }

    [Fact]
    public void No_name_is_imported_behind_a_files_back()
    {
        Rule.Holds(Projects.SelectMany(path => Items(path, "Using")));
        Rule.Holds(SourceTree.Source
            .Where(file => file.Root.Usings.Any(directive => directive.GlobalKeyword.ValueText.Length > 0))
            .Select(file => file.Path));
    }

    [Fact]
    public void A_library_is_spoken_in_its_own_room_only()
    {
        foreach (var (library, homes) in HomesOf)
        {
            var users = SourceTree.Source.Where(file => Uses(file, library)).Select(file => file.Folder).ToList();

            Assert.NotEmpty(users);
            Rule.Holds(users
                .Where(folder => !homes.Any(home => $"{folder}/".StartsWith($"{home}/", StringComparison.Ordinal)))
                .Select(folder => $"{folder}: {library}"));
        }
    }

    static bool Uses(CSharpFile file, string library)
        => file.Root.Usings.Select(directive => directive.NamespaceOrType.ToString()).Concat(file.DottedNames)
            .Any(name => name == library || name.StartsWith(library + ".", StringComparison.Ordinal));

    static IEnumerable<string> Items(string project, string element)
        => XDocument.Parse(SourceTree.Read(project)).Descendants(element)
            .Select(item => (string?)item.Attribute("Include") ?? "");
}
