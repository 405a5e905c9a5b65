using System.Text.Json;
using System.Text.RegularExpressions;
using TomoBackup.Measurements;

namespace TomoBackup.Tests.Measurements;

public sealed partial class MeasuresTests
{
    static readonly string Page = Path.Combine(AppContext.BaseDirectory, "docs", "operate", "measurements.md");

    [Fact]
    public void Every_measure_has_a_name_of_its_own_that_ends_with_its_unit()
    {
        Assert.Equal(Measures.All.Count, Measures.All.Select(m => m.Name).Distinct().Count());
        Assert.All(Measures.All, m =>
        {
            Assert.Matches(Name(), m.Name);
            Assert.Equal(m.Unit == MeasureUnit.Seconds, m.Name.EndsWith("_seconds", StringComparison.Ordinal));
            Assert.Equal(m.Unit == MeasureUnit.Bytes, m.Name.EndsWith("_bytes", StringComparison.Ordinal));
            Assert.Equal(m.Unit == MeasureUnit.Percent, m.Name.EndsWith("_percent", StringComparison.Ordinal));
            Assert.DoesNotContain('\n', m.Meaning);
            Assert.False(m.Meaning.EndsWith('.'), m.Meaning);
            Assert.False(char.IsUpper(m.Meaning[0]) && char.IsLower(m.Meaning[1]), m.Meaning);
        });
    }

    [Fact]
    public void No_measure_is_left_out_of_the_catalogue()
        => Assert.Equal(
            typeof(Measures).GetProperties().Select(p => p.GetValue(null)).OfType<Measure>()
                .Select(m => m.Name).Order(),
            Measures.All.Select(m => m.Name).Order());

    [Fact]
    public void The_page_for_people_shows_the_catalogue()
    {
        var page = File.ReadAllText(Page);

        foreach (var measure in Measures.All)
            Assert.Contains(
                $"| `{measure.Name}` | {JsonNamingPolicy.SnakeCaseLower.ConvertName(measure.Unit.ToString())} | "
                    + $"{measure.Meaning} | {measure.How} |\n",
                page, StringComparison.Ordinal);

        Assert.Equal(Measures.All.Count, Row().Count(page));
    }

    public static TheoryData<string> Scenes => ["well", "fresh", "missed", "gap", "unreachable", "stopped"];

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Every_measure_has_a_value_or_says_why_it_has_none(string scene)
    {
        var facts = Of(scene);
        var all = Measuring.Of(facts).All;

        Assert.Equal(
            Measures.All.Sum(m => m.Scope == MeasureScope.Repository ? facts.Repositories.Count : 1), all.Count);
        Assert.All(all, value => Assert.Equal(
            1,
            new object?[] { value.Number, value.Moment, value.Text, value.Reason }.Count(part => part is not null)));
        Assert.All(all, value => Assert.Equal(value.IsKnown, value.Reason is null));
    }

    [Fact]
    public void What_does_not_answer_is_not_told_as_zero_or_as_absent()
    {
        var values = Measuring.Of(Scene.Unreachable());

        foreach (var value in values.All.Where(v => v.Repository == "offsite"))
            Assert.True(
                value.State == (value.Measure == Measures.LastVerify || value.Measure == Measures.LastVerifyDamage
                    || value.Measure == Measures.LastDeepVerify || value.Measure == Measures.LastDeepVerifyDamage
                        ? MeasureState.Known
                        : value.Measure == Measures.ProvenLevel
                            ? MeasureState.NotMeasured
                            : MeasureState.CouldNotMeasure),
                $"{value.Measure.Name} is {value.State}");
    }

    [Fact]
    public void A_value_that_nobody_measured_is_a_defect_and_not_a_blank()
        => Assert.Throws<InvalidOperationException>(() => new MeasurementSet(Scene.Noon)[Measures.Gaps, "local"]);

    static ClusterFacts Of(string scene) => scene switch
    {
        "well" => Scene.AllWell(),
        "fresh" => Scene.Fresh(),
        "missed" => Scene.SeveralMissed(),
        "gap" => Scene.WithGap(),
        "unreachable" => Scene.Unreachable(),
        _ => Scene.Stopped(),
    };

    [GeneratedRegex("^[a-z][a-z_]*$")]
    private static partial Regex Name();

    [GeneratedRegex("^\\| `", RegexOptions.Multiline)]
    private static partial Regex Row();
}
