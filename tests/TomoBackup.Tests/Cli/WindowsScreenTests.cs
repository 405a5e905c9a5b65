using TomoBackup.Cli.Output;
using TomoBackup.Measurements;
using TomoBackup.Testing;
using TomoBackup.Tests.Measurements;

namespace TomoBackup.Tests.Cli;

public sealed class WindowsScreenTests
{
    static readonly Dictionary<string, Func<Sighting<RecoveryMap>>> Scenes = new()
    {
        ["fresh"] = () => Sighting<RecoveryMap>.Of(RecoveryMap.Empty),
        ["well"] = () => Sighting<RecoveryMap>.Of(Scene.LineFrom(Scene.Noon.AddDays(-90), Scene.Noon.AddMinutes(-2))),
        ["missed"] = () => Sighting<RecoveryMap>.Of(Missed()),
        ["gap"] = () => Sighting<RecoveryMap>.Of(Scene.GapMap()),
        ["forked"] = () => Sighting<RecoveryMap>.Of(Scene.ForkedMap()),
        ["guessed"] = () => Sighting<RecoveryMap>.Of(Scene.ForkedMap(isProven: false)),
        ["unreachable"] = Scene.Away<RecoveryMap>,
    };

    public static TheoryData<string, int, bool> Pictures => TerminalPicture.Cases(Scenes.Keys);

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Windows_are_drawn_as_approved(string scene, int width, bool color)
    {
        var name = $"windows-{scene}-{width}{(color ? "-color" : "")}";
        var drawn = Draw(scene, new ScreenStyle(width, color, Glyphs.Unicode));

        TerminalPicture.Draw(drawn, name, width);
        Approval.Verify(TerminalPicture.Visible(drawn), name);
    }

    [Fact]
    public void A_terminal_without_Unicode_gets_signs_that_it_knows()
    {
        var drawn = Draw("forked", new ScreenStyle(80, Color: false, Glyphs.Ascii));

        Assert.All(drawn, letter => Assert.True(letter < 0x80, $"'{letter}' is not ASCII"));
        Approval.Verify(drawn, "windows-forked-80-ascii");
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void No_line_is_wider_than_the_terminal(string scene, int width, bool color)
        => Assert.All(
            Draw(scene, new ScreenStyle(width, Color: false, Glyphs.Unicode)).Split('\n'),
            line => Assert.True(line.Length <= width, $"{line.Length} columns, color {color}: {line}"));

    [Fact]
    public void A_gap_of_a_minute_in_a_year_is_still_seen()
    {
        var map = Scene.GapMap();
        var line = map.Lines[0];
        var after = Scene.Noon.AddDays(-180);
        var gap = line.Gaps[0] with { After = after, Until = after.AddMinutes(1) };
        var year = new RecoveryMap(
        [
            line with
            {
                Gaps = [gap],
                Backups = [],
                Spans =
                [
                    line.Spans[0] with { From = Scene.Noon.AddDays(-365), To = after },
                    line.Spans[1] with { From = gap.Until.Value },
                ],
            },
        ]);

        var drawn = Draw(Sighting<RecoveryMap>.Of(year), new ScreenStyle(80, Color: false, Glyphs.Unicode));

        Assert.Contains("━1━", drawn.Split('\n')[8], StringComparison.Ordinal);
    }

    /// <summary>Segments were lost and twice there, nothing was backed up since, and one backup is damaged.</summary>
    static RecoveryMap Missed()
    {
        var line = Scene.GapMap().Lines[0];
        var (noon, ended) = (Scene.Noon, Scene.Noon.AddDays(-2));

        return new RecoveryMap(
        [
            line with
            {
                Spans = [line.Spans[0], line.Spans[1] with { To = ended }],
                Gaps =
                [
                    line.Gaps[0],
                    new RecoveryGap(
                        new WalStretch(Scene.Name(1, 0x31), Scene.Name(1, 0x31)), 1, IsConflict: true, ended, null),
                ],
                Backups =
                [
                    .. line.Backups.Where(b => b.Ended < ended),
                    new BackupMark("bad", IsFull: true, IsGood: false, noon.AddDays(-1)),
                ],
            },
        ]);
    }

    static string Draw(string scene, ScreenStyle style) => Draw(Scenes[scene](), style);

    static string Draw(Sighting<RecoveryMap> map, ScreenStyle style)
        => string.Join('\n', WindowsScreen.Draw(
            new ClusterWindows(
                "main", Scene.Noon,
                [
                    new RepositoryWindows(
                        "local", "file:///backup", map.Seen is null ? Sighting<RecoveryMap>.Of(Whole()) : map),
                    new RepositoryWindows(
                        "offsite", "file:///mnt/offsite",
                        map.Seen is { Lines.Count: > 0 } ? Sighting<RecoveryMap>.Of(Whole()) : map),
                ]),
            style));

    static RecoveryMap Whole() => Scene.LineFrom(Scene.Noon.AddDays(-90), Scene.Noon.AddMinutes(-12));
}
