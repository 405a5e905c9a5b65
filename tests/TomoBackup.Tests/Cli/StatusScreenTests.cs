using TomoBackup.Cli.Output;
using TomoBackup.Measurements;
using TomoBackup.Testing;
using TomoBackup.Tests.Measurements;

namespace TomoBackup.Tests.Cli;

public sealed class StatusScreenTests
{
    static readonly Dictionary<string, Func<ClusterFacts>> Scenes = new()
    {
        ["fresh"] = Scene.Fresh,
        ["well"] = Scene.AllWell,
        ["missed"] = Scene.SeveralMissed,
        ["gap"] = Scene.WithGap,
        ["forked"] = () => Scene.WithContents(Scene.Contents().Seen! with { Map = Scene.ForkedMap() }),
        ["unreachable"] = Scene.Unreachable,
        ["stopped"] = Scene.Stopped,
    };

    public static TheoryData<string, int, bool> Pictures => TerminalPicture.Cases(Scenes.Keys);

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Status_is_drawn_as_approved(string scene, int width, bool color)
    {
        var name = $"status-{scene}-{width}{(color ? "-color" : "")}";
        var drawn = Draw(scene, new ScreenStyle(width, color, Glyphs.Unicode));

        TerminalPicture.Draw(drawn, name, width);
        Approval.Verify(TerminalPicture.Visible(drawn), name);
    }

    [Fact]
    public void A_terminal_without_Unicode_gets_signs_that_it_knows()
    {
        var drawn = Draw("missed", new ScreenStyle(80, Color: false, Glyphs.Ascii));

        Assert.All(drawn, letter => Assert.True(letter < 0x80, $"'{letter}' is not ASCII"));
        Approval.Verify(drawn, "status-missed-80-ascii");
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void No_line_is_wider_than_the_terminal(string scene, int width, bool color)
        => Assert.All(
            Draw(scene, new ScreenStyle(width, Color: false, Glyphs.Unicode)).Split('\n'),
            line => Assert.True(line.Length <= width, $"{line.Length} columns, color {color}: {line}"));

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Colours_add_nothing_that_words_do_not_say(string scene, int width, bool color)
    {
        var coloured = Draw(scene, new ScreenStyle(width, Color: true, Glyphs.Unicode));
        var stripped = System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", "");

        Assert.Equal(Draw(scene, new ScreenStyle(width, Color: false, Glyphs.Unicode)), stripped);
        Assert.True(color || coloured.Contains('\e'), "nothing was coloured");
    }

    static string Draw(string scene, ScreenStyle style)
        => string.Join('\n', StatusScreen.Draw(Scene.StatusOf(Scenes[scene]()), style));
}
