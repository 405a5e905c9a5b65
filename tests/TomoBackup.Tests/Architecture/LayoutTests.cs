namespace TomoBackup.Tests.Architecture;

public sealed class LayoutTests
{
    const string LayoutFile = $"{Rooms.Folder}/Repositories/RepositoryLayout.cs";

    // How keys begin (docs/format §2).
    static readonly string[] KeyBeginnings =
        ["wal/", "backup/", "keys/", "lineage/", "history/", "lease/", "intent/", "repository.json"];

    /// <summary>Files that may spell the beginning of a key, and why.</summary>
    static readonly Dictionary<string, string> MaySpellKeys = new()
    {
        [$"{Rooms.Folder}/Policies/Review/LifecyclePrefixes.cs"]
            = "rules of buckets are judged in a room that knows no repository; FindingKindsTests keeps both in step",
    };

    [Fact]
    public void A_namespace_is_its_folder()
        => Rule.Holds(SourceTree.Code
            .SelectMany(file => file.Namespaces.Where(space => space != Expected(file)).Select(space => (file, space)))
            .Select(wrong => $"{wrong.file.Path}: namespace {wrong.space}, not {Expected(wrong.file)}"));

    [Fact]
    public void Repository_keys_are_spelled_in_one_file_only()
        => Rule.Holds(SourceTree.Source
            .Where(file => file.IsBelow(Rooms.Folder) && file.Path != LayoutFile)
            .Where(file => !MaySpellKeys.ContainsKey(file.Path))
            .SelectMany(file => KeysIn(file).Select(text => $"{file.Path}: \"{text}\"")));

    [Fact]
    public void The_one_file_spells_them_all()
        => Assert.All(
            KeyBeginnings,
            beginning => Assert.Contains(
                KeysIn(SourceTree.Code.Single(file => file.Path == LayoutFile)),
                text => text.StartsWith(beginning, StringComparison.Ordinal)));

    [Theory]
    [InlineData("var x = \"wal/\";", 1)]
    [InlineData("var x = $\"keys/{lineage}/\";", 1)]
    [InlineData("var x = $\"{prefix}backup/{id}\";", 1)]
    [InlineData("var x = \"lease/\"u8;", 1)]
    [InlineData("var x = \"\"\"history/0000\"\"\";", 1)]
    [InlineData("var x = \"pg_wal/\"; // \"wal/\"", 0)]
    public void A_spelled_key_is_found_in_every_kind_of_literal(string code, int found)
        => Assert.Equal(found, KeysIn(new CSharpFile("A.cs", code)).Count());

    static IEnumerable<string> KeysIn(CSharpFile file)
        => file.Strings.Where(
            text => KeyBeginnings.Any(beginning => text.StartsWith(beginning, StringComparison.Ordinal)));

    // The engine is called TomoBackup, without its project's last name.
    static string Expected(CSharpFile file)
    {
        var parts = file.Folder.Split('/')[1..];
        return string.Join('.', parts[0] == "TomoBackup.Engine" ? [Rooms.Namespace, .. parts[1..]] : parts);
    }
}
