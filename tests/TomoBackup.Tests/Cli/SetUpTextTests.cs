using TomoBackup.Cli.Output;
using TomoBackup.Setup;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Cli;

public sealed class SetUpTextTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    static readonly SetupPlan Plan = new(
        [
            new("CREATE ROLE \"tomo\" LOGIN", "the policy's role does not exist"),
            new("ALTER SYSTEM SET archive_mode = 'on'", "without it no WAL is archived", NeedsRestart: true),
        ],
        [],
        ["archive_command is '/bin/true' and would be replaced: whatever archives there now stops"]);

    [Theory]
    [InlineData("setup", false, false)]
    [InlineData("setup-applied", true, false)]
    [InlineData("setup-json", true, true)]
    public void Setup_is_told_as_approved(string name, bool applied, bool json)
    {
        var report = new SetupReport(
            "main", "tomo", "host=/run/postgresql port=5432 user=postgres dbname=postgres", Plan, applied,
            applied ? ["archive_mode"] : [], Refusal: null);

        Verify(name, json, output => SetupText.Show(report, output));
    }

    [Fact]
    public void A_server_that_is_ready_has_nothing_to_do()
        => Verify("setup-ready", json: false, output => SetupText.Show(
            new SetupReport("main", "tomo", "host=/run", new SetupPlan([], [], []), false, [], null), output));

    [Theory]
    [InlineData("check", false)]
    [InlineData("check-json", true)]
    public void Check_is_told_as_approved(string name, bool json)
        => Verify(name, json, output => CheckText.Show(
            new CheckReport(
                "main",
                [
                    Probe.Good("wal_level", "'replica'"),
                    Probe.Warn("fsync", "off: a crash of the machine may destroy the cluster", "Switch it on."),
                    Probe.Fail("archive_mode", ErrorCode.Refused, "'off': no WAL is archived", "Switch it on."),
                    Probe.Skip("archive_command", "'archive_mode' failed"),
                ],
                ArchiveSeconds: null),
            output));

    [Fact]
    public void A_check_that_went_well_says_how_long_a_segment_takes()
        => Verify("check-ok", json: false, output => CheckText.Show(
            new CheckReport("main", [Probe.Good("archive_command", "segment 'x' was there")], 0.4), output));

    [Theory]
    [InlineData("key-show", false)]
    [InlineData("key-show-json", true)]
    public void Key_show_is_told_as_approved(string name, bool json)
        => Verify(name, json, output => KeyText.Show(
            new KeyShowReport(
                "main", "00ff", IsSealed: false, "aa11", "aa11",
                [new("age1operational", true), new("age1escrow", false)],
                [new("e1", "id", Noon.AddDays(-3)), new("e2", null, null)]),
            Noon,
            output));

    [Theory]
    [InlineData("key-check", false)]
    [InlineData("key-check-json", true)]
    public void Key_check_is_told_as_approved(string name, bool json)
        => Verify(name, json, output => KeyText.Show(
            new KeyCheckReport(
                "main",
                [
                    new("local", "age1operational", "id", "e1", null),
                    new("local", "age1stranger", "id", "e1", "none of the identities given opens epoch e1"),
                ],
                ["age1escrow"]),
            output));

    [Theory]
    [InlineData("key-generate", false)]
    [InlineData("key-generate-json", true)]
    public void Key_generate_is_told_as_approved(string name, bool json)
        => Verify(name, json, output => KeyText.ShowGenerated("/root/escrow.key", "age1escrow", output));

    static void Verify(string name, bool json, Action<Report> show)
    {
        var terminal = new CapturedTerminal();
        show(new Report(terminal, new ReportMode(Json: json, Color: false)));
        Approval.Verify($"{terminal.Spoken}{terminal.Complained}", $"told-{name}");
    }
}
