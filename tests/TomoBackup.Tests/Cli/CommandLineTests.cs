using System.CommandLine;
using TomoBackup.Cli;
using TomoBackup.Cli.Verbs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Cli;

public sealed class CommandLineTests
{
    const string Policy = """
        version: 1
        clusters:
          main: { connection: host=/tmp }
        repositories:
          local: { store: "file:///backup" }
        """;

    [Fact]
    public async Task Policy_check_says_what_the_policy_holds_and_what_it_means()
    {
        var shell = new Shell { Files = { ["/etc/tomo-backup/policy.yaml"] = Policy } };

        Assert.Equal(2, await shell.RunAsync("policy", "check"));
        Assert.StartsWith(
            """
            policy '/etc/tomo-backup/policy.yaml' has no faults; what it says means:
              clusters      main
              repositories  local
              mode          sealed: this host cannot read backups

            """,
            shell.Spoken, StringComparison.Ordinal);
        Assert.Contains(
            "  objectives-missing\n    line 3, column 3: clusters.main\n", shell.Spoken, StringComparison.Ordinal);
        Assert.Empty(shell.Complained);
    }

    [Fact]
    public async Task Policy_check_answers_with_one_object_for_scripts()
    {
        var shell = new Shell { Files = { ["/home/me/p.yaml"] = Policy } };

        Assert.Equal(2, await shell.RunAsync("--json", "policy", "check", "--policy", "p.yaml"));
        Assert.StartsWith(
            """{"policy":"/home/me/p.yaml","clusters":["main"],"repositories":["local"],"mode":"sealed",""",
            shell.Spoken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_check_names_each_promise_that_this_version_does_not_keep()
    {
        var shell = new Shell
        {
            Files = { ["/home/me/policy.yaml"] = Policy + "\ncompliance: { framework: soc2 }" },
        };

        Assert.Equal(2, await shell.RunAsync("policy", "check"));
        Assert.Contains(
            "compliance\n      this version does not execute it: no evidence is gathered.\n",
            shell.Spoken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_without_keys_is_bound_and_never_opened()
    {
        var shell = new Shell
        {
            Environment = { ["HOME"] = "/home/me" },
            Files =
            {
                ["/home/me/policy.yaml"] = Policy.Replace("file:///backup", "s3://bucket", StringComparison.Ordinal),
            },
        };

        Assert.Equal(2, await shell.RunAsync("policy", "check"));
        Assert.Equal(12, await shell.RunAsync("list"));
        Assert.Contains(
            "error: nothing says where the access key of repository 'local' is read\n",
            shell.Complained,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_policy_ends_with_its_own_code()
    {
        var shell = new Shell { Files = { ["/home/me/policy.yaml"] = "version: 1" } };

        Assert.Equal(78, await shell.RunAsync("policy", "check"));
        Assert.Contains("'clusters' is missing", shell.Complained, StringComparison.Ordinal);
        Assert.Empty(shell.Spoken);
    }

    [Theory]
    [InlineData("completion ba", "bash")]
    [InlineData("b", "backup")]
    [InlineData("wal", "wal")]
    [InlineData("wal ", "get push")]
    [InlineData("--cluster main wal p", "push")]
    [InlineData("backup --la", "--label")]
    [InlineData("verify --d", "--deep")]
    [InlineData("xyz", "")]
    public async Task Completes_the_word_under_the_cursor(string typed, string expected)
    {
        var shell = new Shell();
        var line = $"/usr/bin/tomo-backup {typed}";

        Assert.Equal(0, await shell.RunAsync($"[suggest:{line.Length}]", line));
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), shell.Spoken.Split('\n')[..^1]);
    }

    [Fact]
    public async Task Completes_at_the_cursor_and_not_at_the_end()
    {
        var shell = new Shell();

        await shell.RunAsync("[suggest:14]", "tomo-backup ve --deep");

        Assert.Equal("verify\n", shell.Spoken);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Prints_a_script_for_each_shell(string name)
    {
        var shell = new Shell();

        Assert.Equal(0, await shell.RunAsync("completion", name));
        Assert.Contains("[suggest:", shell.Spoken, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ExitRule.Ordinary), ErrorCode.Terminated, 143)]
    [InlineData(nameof(ExitRule.WalPush), ErrorCode.Terminated, 75)]
    [InlineData(nameof(ExitRule.WalPush), ErrorCode.Interrupted, 75)]
    [InlineData(nameof(ExitRule.WalPush), ErrorCode.WalConflict, 14)]
    [InlineData(nameof(ExitRule.WalGet), ErrorCode.Defect, 255)]
    [InlineData(nameof(ExitRule.WalGet), ErrorCode.NotFound, 255)]
    [InlineData(nameof(ExitRule.WalGet), ErrorCode.Terminated, 255)]
    [InlineData(nameof(ExitRule.Ordinary), ErrorCode.Usage, 64)]
    public void A_failure_is_said_in_the_numbers_of_who_listens(string rule, ErrorCode code, int expected)
        => Assert.Equal(expected, Enum.Parse<ExitRule>(rule).OfFailure(code));

    [Fact]
    public void No_push_exits_above_125_and_no_get_with_anything_but_0_1_and_255()
        => Assert.All(Enum.GetValues<ErrorCode>(), code =>
        {
            Assert.InRange(ExitRule.WalPush.OfAnswer((int)code), 0, 125);
            Assert.InRange(ExitRule.WalPush.OfFailure(code), 0, 125);
            Assert.Contains(ExitRule.WalGet.OfAnswer((int)code), new[] { 0, 1, 255 });
            Assert.Equal(255, ExitRule.WalGet.OfFailure(code));
        });

    [Theory]
    [InlineData("14", "error: two of them\n")]
    [InlineData("69", "error: store 'x' does not answer\n")]
    [InlineData("73", "error: unable to write '/x': no space left\n")]
    public async Task Understood_failures_are_one_sentence_with_their_code(string exit, string expected)
    {
        var (code, terminal) = await FailAsync(exit switch
        {
            "14" => TomoBackupException.Create(ErrorCode.WalConflict, "two of them"),
            "69" => new StoreException(StoreFailure.Unreachable, "store 'x' does not answer"),
            _ => new IOException("unable to write '/x': no space left"),
        });

        Assert.Equal(exit, $"{code}");
        Assert.Equal(expected, terminal.Complained.ToString());
    }

    [Fact]
    public async Task Anything_else_is_a_defect_and_keeps_its_stack()
    {
        var (code, terminal) = await FailAsync(new InvalidOperationException("the pack was never opened."));
        var text = terminal.Complained.ToString();

        Assert.Equal(1, code);
        Assert.StartsWith("error: the pack was never opened\nhint: This is a defect", text, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: the pack was never", text, StringComparison.Ordinal);
        Assert.Contains("\n   at ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorCode.Interrupted, 130)]
    [InlineData(ErrorCode.Terminated, 143)]
    public async Task A_signal_ends_a_verb_with_the_number_that_a_shell_would_give(ErrorCode signal, int expected)
    {
        var (code, terminal) = await FailAsync(new OperationCanceledException(), signal);

        Assert.Equal(expected, code);
        Assert.Equal("stopped\n", terminal.Complained.ToString());
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_defect()
        => Assert.Equal(1, (await FailAsync(new OperationCanceledException())).Code);

    static async Task<(int Code, CapturedTerminal Terminal)> FailAsync(Exception failure, ErrorCode? signal = null)
    {
        var terminal = new CapturedTerminal();
        var report = new TomoBackup.Cli.Output.Report(terminal, new());
        var verb = new VerbCommand("fail", "") { Run = (_, _, _) => Task.FromException<int>(failure) };
        var surroundings = new Surroundings
        {
            Terminal = terminal,
            Files = new Policies.TextFiles(),
            Variable = _ => null,
            WorkingDirectory = "/",
            IsRoot = false,
            IsWritable = _ => false,
        };
        var context = new VerbContext(new GlobalOptions(null, null), surroundings, report);
        var code = await CommandLine.RunVerbAsync(
            verb, new RootCommand().Parse([]), context, new Told(signal));

        return (code, terminal);
    }

    sealed class Told(ErrorCode? signal) : IShutdown
    {
        public CancellationToken Token => CancellationToken.None;

        public ErrorCode? Signal => signal;

        public void Dispose()
        {
        }
    }
}
