using System.Globalization;
using System.Text.RegularExpressions;
using TomoBackup.Cli;
using TomoBackup.Cli.Verbs;
using TomoBackup.Policies;
using TomoBackup.Policies.Rendering;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Policies;

public sealed partial class RenderedPolicyTests
{
    const string Hostile = "</title><script>alert(1)</script> | **x** `y` [z](http://localhost) <!-- \" ' &";

    [Theory]
    [InlineData("whole", RenderingFormat.Markdown)]
    [InlineData("whole", RenderingFormat.Html)]
    [InlineData("least", RenderingFormat.Markdown)]
    public void The_document_is_as_approved(string name, RenderingFormat format)
        => Approval.Verify(Render(Text(name), format).Text, $"rendered-{name}-{format}".ToLowerInvariant());

    [Theory]
    [InlineData("bucket")]
    [InlineData("sftp")]
    [InlineData("rclone")]
    [InlineData("unlocked")]
    public void The_way_back_from_elsewhere_is_as_approved(string name)
    {
        var document = Render(Text(name), RenderingFormat.Markdown).Text;
        var begin = document.IndexOf("### Who can delete", StringComparison.Ordinal);
        var who = document[begin..document.IndexOf("\n## ", begin, StringComparison.Ordinal)];
        begin = document.IndexOf("### From far", StringComparison.Ordinal);

        Approval.Verify(
            $"{who}\n{document[begin..document.IndexOf("\n## ", begin, StringComparison.Ordinal)]}",
            $"rendered-elsewhere-{name}");
        Assert.DoesNotContain("does not open", document, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("least")]
    [InlineData("bucket")]
    [InlineData("sftp")]
    [InlineData("rclone")]
    public void Every_command_line_of_ours_is_understood(string name)
    {
        var text = Render(Text(name), RenderingFormat.Markdown).Text;
        var lines = CommandLine().Matches(text).Select(match => match.Groups["words"].Value).ToList();

        Assert.True(lines.Count >= 8, text);
        Assert.All(lines, line =>
        {
            var parsed = VerbCatalog.Root().Parse(WordsOf(line));
            Assert.Null(UsageError.In(parsed)?.Message);
            Assert.NotNull((parsed.CommandResult.Command as VerbCommand)?.Run);
        });
    }

    [Fact]
    public void Says_of_each_promise_that_is_not_executed_that_it_is_not()
    {
        var policy = PolicyFile.Parse(PolicyText.Whole).Policy!;
        var text = RenderedPolicy.Of(policy, RenderingFormat.Markdown).Text;

        Assert.All(
            UnexecutedParts.Of(policy),
            part => Assert.Contains(text.Split('\n'), line =>
                line.StartsWith("> **Not yet.** `", StringComparison.Ordinal)
                && line.Contains($"`{part.Path}`", StringComparison.Ordinal)
                && line.EndsWith($": {part.Reason}.", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_hostile_value_never_becomes_markup_of_the_page()
    {
        var calm = Render(Titled("x"), RenderingFormat.Html).Text;
        var page = Render(Titled(Hostile), RenderingFormat.Html).Text;

        Assert.Equal(Tag().Matches(calm).Select(tag => tag.Value), Tag().Matches(page).Select(tag => tag.Value));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_value_never_becomes_markup_of_markdown()
        => Assert.Contains(
            "# \\</title\\>\\<script\\>alert(1)\\</script\\> \\| \\*\\*x\\*\\* \\`y\\` \\[z\\](http://localhost) "
            + "\\<\\!-- \" ' \\&\n",
            Render(Titled(Hostile), RenderingFormat.Markdown).Text,
            StringComparison.Ordinal);

    [Fact]
    public void A_path_with_blanks_and_quotes_stays_one_word_of_the_shell()
        => Assert.Contains(
            "pg_ctl stop --mode fast --pgdata '/srv/it'\\''s here'\n",
            Render(PolicyText.Least.Replace(
                "host=/tmp", "host=/tmp, data_directory: \"/srv/it's here\"", StringComparison.Ordinal),
                RenderingFormat.Markdown).Text,
            StringComparison.Ordinal);

    [Fact]
    public void The_page_takes_nothing_from_outside_and_runs_nothing()
    {
        var page = Render(PolicyText.Whole, RenderingFormat.Html).Text;

        Assert.DoesNotMatch(
            "<(script|link|img|iframe|object|embed|base|form)\\b|url\\(|@import|\\bon[a-z]+=|src=", page);
        Assert.All(Regex.Matches(page, "href=\"(.*?)\""), link => Assert.StartsWith("#", link.Groups[1].Value));
    }

    [Fact]
    public void Headings_go_down_by_one_and_links_lead_to_sections()
    {
        var page = Render(PolicyText.Whole, RenderingFormat.Html).Text;
        var levels = Regex.Matches(page, "<h([1-6])>").Select(match => match.Groups[1].Value[0] - '0').ToList();

        Assert.Equal(1, levels.Count(level => level is 1));
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));
        Assert.Equal(
            Regex.Matches(page, "href=\"#(.*?)\"").Select(match => match.Groups[1].Value),
            Regex.Matches(page, "<section id=\"(.*?)\"").Select(match => match.Groups[1].Value));
    }

    // WCAG 2.2, success criterion 1.4.3.
    [Theory]
    [InlineData("ink", "#ffffff")]
    [InlineData("soft", "#ffffff")]
    [InlineData("mark", "#ffffff")]
    [InlineData("ink", "tint")]
    [InlineData("warn", "warn-tint")]
    public void Text_stands_out_from_what_lies_behind_it(string text, string behind)
    {
        var (light, dark) = (Luminance(ColorOf(behind)), Luminance(ColorOf(text)));

        Assert.True((light + 0.05) / (dark + 0.05) >= 4.5);
    }

    [Fact]
    public void The_same_policy_gives_the_same_bytes()
        => Assert.Equal(
            Render(PolicyText.Whole, RenderingFormat.Html).Text, Render(PolicyText.Whole, RenderingFormat.Html).Text);

    [Theory]
    [InlineData("90d", "91d", "Retention")]
    [InlineData("Greg Felice", "Somebody Else", "the head")]
    [InlineData("rto: 4h", "rto: 3h", "Objectives")]
    [InlineData("0 2 * * *", "1 2 * * *", "Architecture")]
    [InlineData("0 4 * * 3", "0 4 * * 4", "Testing")]
    public void A_kept_copy_is_compared_section_by_section(string before, string after, string section)
    {
        var kept = Render(PolicyText.Whole, RenderingFormat.Markdown).Text;
        var now = Render(
            PolicyText.Whole.Replace(before, after, StringComparison.Ordinal), RenderingFormat.Markdown);

        Assert.Equal(section, now.FirstDifference(kept));
    }

    [Fact]
    public void A_kept_copy_may_have_other_line_ends_but_nothing_more_and_nothing_less()
    {
        var rendered = Render(PolicyText.Least, RenderingFormat.Markdown);

        Assert.Null(rendered.FirstDifference(rendered.Text.Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.Equal("Review", rendered.FirstDifference(rendered.Text + "more"));
        Assert.Equal("Review", rendered.FirstDifference(rendered.Text[..^1]));
        Assert.Equal("the head", rendered.FirstDifference(""));
    }

    [Theory]
    [InlineData("0 2 * * *", "every day at 02:00 UTC")]
    [InlineData("30 4 * * 3", "every Wednesday at 04:30 UTC")]
    [InlineData("0 3 * * 7", "every Sunday at 03:00 UTC")]
    [InlineData("0 3-23 * * *", "every hour from 03:00 to 23:00 UTC")]
    [InlineData("5 * * * *", "every hour at 05 minutes past (UTC)")]
    [InlineData("*/5 * * * *", "at the times of cron “*/5 * * * *” (UTC)")]
    [InlineData("0 2 1 * *", "at the times of cron “0 2 1 * *” (UTC)")]
    [InlineData("0 2-4 * * 3", "at the times of cron “0 2-4 * * 3” (UTC)")]
    public void A_schedule_reads_as_words_where_they_are_exact(string cron, string words)
    {
        Assert.True(Schedule.TryParse(cron, out var schedule));
        Assert.Equal(words, PolicyWords.Of(schedule));
    }

    static string Text(string name) => name switch
    {
        "whole" => PolicyText.Whole,
        "least" => PolicyText.Least,
        "bucket" => Elsewhere(
            """
            store: "s3://vault/main", endpoint: "https://s3.example.org:9000", region: here, ca_file: /etc/ca.pem,
                access_key: { file: /k }, secret_key: { credential: k }, object_lock: governance
            """),
        "sftp" => Elsewhere(
            "store: \"sftp://backup@nas.example.org:2222/srv/main\", ssh_key: /k, host_key: \"SHA256:abc\""),
        "unlocked" => Elsewhere("store: \"s3://vault\", region: eu-1, keeps_versions: true"),
        _ => Elsewhere("store: \"rclone:crypt:tomo/main\""),
    };

    static string Elsewhere(string place)
        => $"{PolicyText.Least}\n  far: {{ {place}, follows: local, may_delete: false }}";

    static RenderedPolicy Render(string policy, RenderingFormat format)
    {
        var reading = PolicyFile.Parse(policy);
        Assert.Empty(reading.Findings);
        return RenderedPolicy.Of(reading.Policy!, format);
    }

    static string Titled(string title)
        => $"{PolicyText.Least}\npolicy: {{ title: '{title.Replace("'", "''", StringComparison.Ordinal)}' }}";

    static string ColorOf(string name)
        => name.StartsWith('#') ? name : Regex.Match(HtmlStyle.Text, $"--{name}: (#[0-9a-f]{{6}})").Groups[1].Value;

    static double Luminance(string color)
    {
        double Part(int at)
        {
            var value = int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Part(1) + 0.7152 * Part(3) + 0.0722 * Part(5);
    }

    static string[] WordsOf(string line)
        => [.. line.Split('\'').SelectMany((part, at) =>
            at % 2 is 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [GeneratedRegex(@"^ *tomo-backup (?<words>.*)$|`tomo-backup (?<words>[^`]*)`", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
