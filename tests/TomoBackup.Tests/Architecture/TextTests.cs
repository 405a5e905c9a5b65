using System.Text;
using System.Text.RegularExpressions;

namespace TomoBackup.Tests.Architecture;

/// <summary>All text of the project: what a stranger's machine could not know must not stand in it.</summary>
public sealed partial class TextTests
{
    // Hosts that a text may name: pages for people, and names that are reserved for examples. Nothing is fetched there.
    static readonly string[] PagesForPeople =
    [
        "age-encryption.org", "docs.aws.amazon.com", "dot.net", "github.com", "json-schema.org", "no-color.org",
        "rclone.org", "specifications.freedesktop.org", "www.apache.org", "www.postgresql.org", "127.0.0.1",
        "localhost",
    ];

    static readonly Lazy<IReadOnlyList<(string Path, string Text)>> Texts = new(() =>
    [
        .. SourceTree.Files
            .Where(path => !path.EndsWith($"/{nameof(TextTests)}.cs", StringComparison.Ordinal))
            .Select(path => (path, bytes: SourceTree.ReadBytes(path)))
            .Where(file => !file.bytes.Contains((byte)0))
            .Select(file => (file.path, Encoding.UTF8.GetString(file.bytes))),
    ]);

    [Fact]
    public void No_text_names_a_registry_or_a_mirror()
        => Rule.Holds(Found(Registry()));

    [Fact]
    public void No_text_names_a_path_of_somebodys_machine()
        => Rule.Holds(Found(MachinePath()));

    [Fact]
    public void Every_host_is_a_page_for_people_or_an_example()
        => Rule.Holds(Texts.Value.SelectMany(file => Host().Matches(file.Text)
            .Select(match => match.Groups["host"].Value)
            .Where(host => !PagesForPeople.Contains(host) && !IsExample(host))
            .Select(host => $"{file.Path}: {host}")));

    [Fact]
    public void A_link_between_documents_leads_somewhere()
        => Rule.Holds(Texts.Value.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => Link().Matches(file.Text).Select(match => match.Groups["target"].Value)
                .Where(target => !SourceTree.Exists(Path.Combine(Path.GetDirectoryName(file.Path) ?? "", target)))
                .Select(target => $"{file.Path}: {target}")));

    [Theory]
    [InlineData("source = https://registry.pypi" + ".org/simple", true)]
    [InlineData("deb http://mirror.ubuntu" + ".com/ubuntu main", true)]
    [InlineData("cp /work" + "/folder/x .", true)]
    [InlineData("file:///home/somebody/repository", true)]
    [InlineData("see https://www.postgresql.org/docs/18/", false)]
    [InlineData("the patchwork/ folder, artifacts/work/x", false)]
    public void What_belongs_to_one_machine_is_found(string text, bool found)
        => Assert.Equal(found, Registry().IsMatch(text) || MachinePath().IsMatch(text));

    static IEnumerable<string> Found(Regex rule)
        => Texts.Value.SelectMany(file => rule.Matches(file.Text).Select(match => $"{file.Path}: {match.Value}"));

    // RFC 2606 keeps these for examples.
    static bool IsExample(string host)
        => host.Split('.') is [.., "example", "com" or "org" or "net"] or [.., "example" or "test" or "invalid"];

    [GeneratedRegex(@"\b(nuget|npmjs|pypi|pythonhosted|debian|ubuntu|crates|ghcr|docker|quay)\.(org|com|io)\b")]
    private static partial Regex Registry();

    [GeneratedRegex(@"(?<![\w.}/-])/work/\S*|file:///home\S*")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"https?://(?<host>[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9])")]
    private static partial Regex Host();

    [GeneratedRegex(@"\]\((?![a-z]+:|#)(?<target>[^)#\s]+)(#[^)\s]*)?\)")]
    private static partial Regex Link();
}
