using TomoBackup.Policies;

namespace TomoBackup.Tests.Policies;

public sealed class PolicyLocationTests
{
    readonly TextFiles _files = new();
    readonly Dictionary<string, string> _environment = [];

    [Fact]
    public void The_option_comes_first_then_the_variable_then_here_then_etc()
    {
        _files[PolicyFile.SystemPath] = "";
        Assert.Equal(PolicyFile.SystemPath, Locate(null));

        _files["/home/me/policy.yaml"] = "";
        Assert.Equal("/home/me/policy.yaml", Locate(null));

        _environment[PolicyFile.Variable] = "named.yaml";
        Assert.Equal("/home/me/named.yaml", Locate(null));

        Assert.Equal("/srv/p.yaml", Locate("../../srv/p.yaml"));
    }

    [Fact]
    public void Names_every_place_where_it_looked()
    {
        var failure = Assert.Throws<TomoBackupException>(() => Locate(null));

        Assert.Equal(ErrorCode.Policy, failure.Code);
        Assert.Equal(
            "no policy file: looked for --policy, $TOMO_BACKUP_POLICY, '/home/me/policy.yaml', "
            + "'/etc/tomo-backup/policy.yaml'",
            failure.Message);
    }

    [Fact]
    public void A_named_file_that_is_missing_is_never_passed_over()
    {
        _files[PolicyFile.SystemPath] = "version: 1";
        _environment[PolicyFile.Variable] = "/gone.yaml";

        var failure = Assert.Throws<TomoBackupException>(() => PolicyFile.Load(Locate(null), _files));

        Assert.Equal("unable to read policy '/gone.yaml': no such file", failure.Message);
    }

    [Fact]
    public void Follows_links_and_refuses_a_circle_of_them()
    {
        _files["/etc/real.yaml"] = """
            version: 1
            clusters: { main: { connection: host=/tmp } }
            repositories: { local: { store: "file:///backup" } }
            """;
        _files.CreateSymbolicLink("/etc/a.yaml", "b.yaml");
        _files.CreateSymbolicLink("/etc/b.yaml", "/etc/real.yaml");
        _files.CreateSymbolicLink("/etc/round.yaml", "round.yaml");

        Assert.Equal("main", PolicyFile.Load("/etc/a.yaml", _files).Clusters[0].Name);
        Assert.Contains(
            "a circle of links",
            Assert.Throws<TomoBackupException>(() => PolicyFile.Load("/etc/round.yaml", _files)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_bytes_that_are_no_text_and_files_that_are_no_policy_by_size()
    {
        _files.Put("/binary", [0x76, 0xff, 0xfe]);
        _files.Put("/huge", new byte[2 << 20]);

        Assert.Equal(
            "unable to read policy '/binary': it is not UTF-8 text",
            Assert.Throws<TomoBackupException>(() => PolicyFile.Load("/binary", _files)).Message);
        Assert.Equal(
            "unable to read policy '/huge': it is larger than 1048576 bytes",
            Assert.Throws<TomoBackupException>(() => PolicyFile.Load("/huge", _files)).Message);
    }

    [Theory]
    [InlineData(true, false, "/var/lib/tomo-backup")]
    [InlineData(false, true, "/var/lib/tomo-backup")]
    [InlineData(false, false, "/home/me/.local/state/tomo-backup")]
    public void State_lies_with_the_service_or_else_with_the_user(bool isRoot, bool isWritable, string expected)
    {
        _environment["HOME"] = "/home/me";
        Assert.Equal(expected, StateDirectories.Default(isRoot, _ => isWritable, Value));
    }

    [Fact]
    public void The_users_own_state_folder_is_honoured_when_it_is_absolute()
    {
        _environment["HOME"] = "/home/me";
        _environment["XDG_STATE_HOME"] = "/state";
        Assert.Equal("/state/tomo-backup", StateDirectories.Default(false, _ => false, Value));

        _environment["XDG_STATE_HOME"] = "state";
        Assert.Equal("/home/me/.local/state/tomo-backup", StateDirectories.Default(false, _ => false, Value));

        _environment.Clear();
        Assert.Throws<TomoBackupException>(() => StateDirectories.Default(false, _ => false, Value));
    }

    string Locate(string? option) => PolicyFile.Locate(option, Value, "/home/me", _files);

    string? Value(string name) => _environment.GetValueOrDefault(name);
}
