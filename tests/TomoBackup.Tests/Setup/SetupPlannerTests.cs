using TomoBackup.Postgres.Server;
using TomoBackup.Setup;

namespace TomoBackup.Tests.Setup;

public sealed class SetupPlannerTests
{
    const string Command = "/usr/bin/tomo-backup --policy /etc/tomo-backup/policy.yaml wal push %p";

    [Fact]
    public void A_fresh_server_lacks_everything()
        => Assert.Equal(
            [
                "CREATE ROLE \"tomo\" LOGIN",
                "GRANT pg_monitor TO \"tomo\"",
                "GRANT pg_checkpoint TO \"tomo\"",
                "GRANT pg_read_all_settings TO \"tomo\"",
                "GRANT EXECUTE ON FUNCTION pg_catalog.pg_backup_start(text, boolean) TO \"tomo\"",
                "GRANT EXECUTE ON FUNCTION pg_catalog.pg_backup_stop(boolean) TO \"tomo\"",
                "GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO \"tomo\"",
                "GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text) TO \"tomo\"",
                "ALTER SYSTEM SET wal_level = 'replica'",
                "ALTER SYSTEM SET archive_mode = 'on'",
                $"ALTER SYSTEM SET archive_command = '{Command}'",
                "ALTER SYSTEM SET archive_timeout = '300s'",
                "ALTER SYSTEM SET summarize_wal = 'on'",
                "SELECT pg_catalog.pg_reload_conf()",
            ],
            Plan(Facts(null, ("wal_level", "minimal")), Command).Statements());

    [Fact]
    public void A_server_that_has_all_of_it_is_left_alone()
    {
        var plan = Plan(Ready(), Command);

        Assert.Empty(plan.Statements());
        Assert.Empty(plan.AwaitRestart);
        Assert.Empty(plan.Remarks);
    }

    [Theory]
    [InlineData("wal_level", "logical", "")]
    [InlineData("archive_mode", "always", "")]
    [InlineData("archive_timeout", "300", "")]
    [InlineData("archive_timeout", "301", "ALTER SYSTEM SET archive_timeout = '300s'")]
    [InlineData("archive_timeout", "60", "ALTER SYSTEM SET archive_timeout = '300s'")]
    [InlineData("archive_timeout", "0", "ALTER SYSTEM SET archive_timeout = '300s'")]
    [InlineData("archive_command", "/bin/true", $"ALTER SYSTEM SET archive_command = '{Command}'")]
    [InlineData("archive_library", "basic_archive", "ALTER SYSTEM SET archive_library = ''")]
    [InlineData("summarize_wal", "off", "ALTER SYSTEM SET summarize_wal = 'on'")]
    public void One_setting_decides_one_statement(string name, string value, string expected)
        => Assert.Equal(
            expected,
            string.Join(';', Plan(Ready((name, value)), Command).Steps.Select(step => step.Statement)));

    [Theory]
    [InlineData("archive_command", "cp %p /x", "archive_command is 'cp %p /x'")]
    [InlineData("archive_library", "basic_archive", "archive_library is 'basic_archive'")]
    public void Who_archived_before_is_named(string name, string value, string expected)
        => Assert.StartsWith(
            expected,
            Assert.Single(Plan(Ready((name, value)), Command).Remarks),
            StringComparison.Ordinal);

    [Fact]
    public void What_is_configured_and_waits_for_a_restart_is_not_asked_for_again()
    {
        var facts = Ready();
        var settings = new Dictionary<string, SettingFacts>(facts.Settings)
        {
            ["archive_mode"] = new("off", "on", AwaitsRestart: true),
            ["archive_command"] = new("(disabled)", Command, AwaitsRestart: false),
        };

        var plan = Plan(facts with { Settings = settings }, Command);

        Assert.Empty(plan.Steps);
        Assert.Equal(["archive_mode"], plan.AwaitRestart);
    }

    [Fact]
    public void A_role_that_may_not_see_the_files_waits_for_the_restart()
    {
        var facts = Ready();
        var settings = new Dictionary<string, SettingFacts>(facts.Settings)
        {
            ["archive_mode"] = new("off", null, AwaitsRestart: true),
            ["archive_command"] = new("(disabled)", null, AwaitsRestart: false),
        };

        var plan = Plan(facts with { Settings = settings }, Command);

        Assert.Empty(plan.Steps);
        Assert.Equal(["archive_mode", "archive_command"], plan.AwaitRestart);
    }

    [Fact]
    public void A_superuser_needs_no_grants()
        => Assert.Empty(SetupPlanner.RoleSteps(Facts(new RoleFacts(true, true, true, []))));

    [Theory]
    [InlineData(15, "ALTER ROLE \"tomo\" INHERIT|GRANT pg_monitor TO \"tomo\"")]
    [InlineData(16, "ALTER ROLE \"tomo\" INHERIT|GRANT pg_monitor TO \"tomo\" WITH INHERIT TRUE")]
    public void A_role_that_does_not_inherit_is_made_to(int major, string expected)
        => Assert.Equal(
            expected.Split('|'),
            SetupPlanner.RoleSteps(
                Facts(new RoleFacts(true, false, false, ["pg_monitor"])) with { Major = major })
                .Select(step => step.Statement));

    [Fact]
    public void Before_17_there_is_nothing_to_summarize()
        => Assert.DoesNotContain(
            Plan(Facts(null) with { Major = 16 }, Command).Steps,
            step => step.Statement.Contains("summarize_wal", StringComparison.Ordinal));

    [Fact]
    public void Only_two_settings_need_a_restart()
        => Assert.Equal(
            ["ALTER SYSTEM SET wal_level = 'replica'", "ALTER SYSTEM SET archive_mode = 'on'"],
            Plan(Facts(null, ("wal_level", "minimal")), Command).Steps
                .Where(step => step.NeedsRestart).Select(step => step.Statement));

    [Fact]
    public void Names_and_values_are_quoted_for_SQL()
    {
        var plan = Plan(
            Facts(null) with { RoleName = "a\"b" }, ArchiveCommand.For("/o'x/tomo-backup", "/p", null));

        Assert.Equal("CREATE ROLE \"a\"\"b\" LOGIN", plan.Steps[0].Statement);
        Assert.Contains(
            plan.Steps,
            step => step.Statement
                == "ALTER SYSTEM SET archive_command = E'''/o''\\\\''''x/tomo-backup'' --policy /p wal push %p'");
    }

    [Fact]
    public void The_timeout_is_the_policy_s_whatever_it_is()
        => Assert.Contains(
            SetupPlanner.Plan(Ready(), Command, TimeSpan.FromHours(1)).Steps,
            step => step.Statement == "ALTER SYSTEM SET archive_timeout = '3600s'");

    static SetupPlan Plan(ArchivingFacts facts, string command)
        => SetupPlanner.Plan(facts, command, TimeSpan.FromMinutes(5));

    static ArchivingFacts Ready(params (string Name, string Value)[] settings)
        => Facts(
            new RoleFacts(true, false, true, []),
            [
                ("wal_level", "replica"), ("archive_mode", "on"), ("archive_command", Command),
                ("archive_timeout", "300"), ("summarize_wal", "on"), .. settings,
            ]);

    static ArchivingFacts Facts(RoleFacts? role, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, SettingFacts>
        {
            ["wal_level"] = new("replica", null, false),
            ["archive_mode"] = new("off", null, false),
            ["archive_command"] = new("(disabled)", null, false),
            ["archive_library"] = new("", null, false),
            ["archive_timeout"] = new("0", null, false),
            ["summarize_wal"] = new("off", null, false),
        };

        foreach (var (name, value) in settings)
            all[name] = new SettingFacts(value, null, false);

        return new ArchivingFacts { Major = 18, RoleName = "tomo", Role = role, Settings = all };
    }
}
