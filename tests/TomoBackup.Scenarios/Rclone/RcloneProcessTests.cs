using System.Diagnostics;
using TomoBackup.Storage;
using TomoBackup.Storage.Rclone;
using TomoBackup.Testing.Rclone;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.Rclone;

/// <summary>How rclone is found, judged, kept and ended.</summary>
public sealed class RcloneProcessTests : IAsyncLifetime
{
    const string HoldVariable = "TOMO_BACKUP_TEST_HOLD_RCLONE";

    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    TestRclone _rclone = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    StoreAddress Address => _rclone.AddressOf("local", _rclone["data"]);

    public async ValueTask InitializeAsync() => _rclone = await TestRclone.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _rclone.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Says_that_rclone_is_not_installed()
    {
        var failure = await FailureAsync(Address, _rclone.Options with { Program = "no-such-rclone" });

        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        Assert.Equal(
            $"store '{Address}': there is no program 'no-such-rclone': install rclone 1.63 or a later one",
            failure.Message);
    }

    [Fact]
    public async Task Refuses_the_rclone_of_debian_12_which_is_too_old()
    {
        var failure = await FailureAsync(Address, _rclone.Options with { Program = TestRclone.OldProgram });

        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        Assert.Equal(
            $"store '{Address}': '{TestRclone.OldProgram}' is rclone 1.60.1, and 1.63 is needed at least: "
            + "install a newer one, for example from https://rclone.org/downloads/",
            failure.Message);
    }

    [Fact]
    public async Task Says_what_a_program_said_that_is_no_rclone()
    {
        var failure = await FailureAsync(
            Address, _rclone.Options with { Program = Script("echo it is broken >&2; exit 3") });

        Assert.EndsWith("does not run: it is broken", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_up_a_program_that_never_answers()
    {
        var options = _rclone.Options with
        {
            Program = Script("exec sleep 600"),
            StartTimeout = TimeSpan.FromMilliseconds(300),
        };

        Assert.Contains("does not answer after", (await FailureAsync(Address, options)).Message);
    }

    [Fact]
    public async Task Says_that_a_remote_is_not_configured()
    {
        var address = StoreAddress.Parse("rclone:elsewhere:backup");
        var failure = await FailureAsync(address, _rclone.Options);

        Assert.Equal(StoreFailure.Missing, failure.Failure);
        Assert.Equal($"store '{address}': rclone's configuration has no such remote", failure.Message);
    }

    [Fact]
    public async Task Asks_nobody_for_the_password_of_a_configuration()
    {
        File.WriteAllText(
            _rclone.ConfigFile, "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n" + new string('A', 96));

        var failure = await FailureAsync(Address, _rclone.Options);

        Assert.Equal(StoreFailure.Denied, failure.Failure);
        Assert.Contains("unable to decrypt configuration", failure.Message);
    }

    [Fact]
    public async Task Never_creates_a_missing_path()
    {
        var address = _rclone.AddressOf("local", _rclone["lost"]);
        var failure = await FailureAsync(address, _rclone.Options);

        Assert.Equal(StoreFailure.Missing, failure.Failure);
        Assert.Equal($"store '{address}': there is no such directory", failure.Message);
        Assert.Null(Files.Stat(_rclone["lost"]));
    }

    [Fact]
    public async Task Refuses_a_path_that_rclone_cannot_read_from()
        => Assert.Contains(
            "'[' or ']'", (await FailureAsync(_rclone.AddressOf("local", "/a[b]"), _rclone.Options)).Message);

    [Fact]
    public async Task Keeps_others_out_and_secrets_out_of_arguments_and_environment()
    {
        await using var store = await OpenAsync(_rclone.Options);
        var process = Assert.Single(_rclone.Processes());
        var password = (await File.ReadAllLinesAsync(_rclone.ConfigFile, Token))
            .First(line => line.StartsWith("password", StringComparison.Ordinal)).Split(' ')[^1];

        foreach (var file in new[] { "cmdline", "environ" })
        {
            var text = await File.ReadAllTextAsync($"/proc/{process}/{file}", Token);
            Assert.NotEmpty(text);
            Assert.DoesNotContain(password, text, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        }

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            Assert.Single(Files.List(_rclone.WorkFolder)).Mode);
    }

    [Fact]
    public async Task Ends_rclone_with_the_store()
    {
        await using (await OpenAsync(_rclone.Options))
        {
            Assert.Single(_rclone.Processes());

            // Set by the test below, which wants this one to be killed here.
            if (Environment.GetEnvironmentVariable(HoldVariable) is { } sign)
            {
                await File.WriteAllTextAsync(sign, "", Token);
                await Task.Delay(Patience, Token);
                Assert.Fail("nobody killed this");
            }
        }

        Assert.Empty(_rclone.Processes());
        Assert.Empty(Files.List(_rclone.WorkFolder));
    }

    // The child is this program again, with the one test above.
    [Fact]
    public async Task Rclone_ends_when_the_process_that_started_it_is_killed()
    {
        var folder = _rclone.MakeFolder("c");
        var sign = _rclone["holds"];
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [
                "--no-ansi", "--progress", "off", "--auto-reporters", "off", "--results-directory", _rclone["results"],
                "--filter-method", $"{GetType().FullName}.{nameof(Ends_rclone_with_the_store)}",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = folder;
        start.Environment[HoldVariable] = sign;

        using var child = Process.Start(start)!;
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();

        try
        {
            await UntilAsync(() => File.Exists(sign));
            Assert.Single(TestRclone.ProcessesBelow(folder));
        }
        finally
        {
            child.Kill();
        }

        await child.WaitForExitAsync(Token);
        await UntilAsync(() => TestRclone.ProcessesBelow(folder).Count == 0);
        var left = Directory.EnumerateDirectories(folder, "work", SearchOption.AllDirectories);
        await UntilAsync(() => Files.List(Assert.Single(left)).Count == 0);
    }

    [Fact]
    public async Task Says_that_rclone_has_ended()
    {
        await using var store = await OpenAsync(_rclone.Options);
        await store.PutAsync("a", new byte[1], Token);
        Process.GetProcessById(Assert.Single(_rclone.Processes())).Kill();

        Func<Task>[] calls =
        [
            () => store.GetAsync("a", Token),
            () => store.GetAsync("b", Token),
            () => store.PutAsync("b", new byte[1], Token),
            () => store.KeysAsync("", Token),
            () => store.DeleteAsync(new("a"), Token).AsTask(),
        ];

        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<StoreException>(call);
            Assert.Equal(StoreFailure.Unreachable, failure.Failure);
            Assert.EndsWith("rclone has ended", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Is_not_bent_by_the_variables_of_the_user()
    {
        var bent = Script(
            "export RCLONE_DRY_RUN=true RCLONE_IGNORE_EXISTING=true RCLONE_INPLACE=true RCLONE_INTERACTIVE=true "
            + $"RCLONE_LOG_FILE= ; exec '{TestRclone.Program}' \"$@\"");
        await using var store = await OpenAsync(_rclone.Options with { Program = bent });

        await store.PutAsync("a", new byte[] { 1 }, Token);

        Assert.Equal([1], await store.GetAsync("a", Token));
        Assert.Equal([1], await File.ReadAllBytesAsync(_rclone["data/a"], Token));
    }

    static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);

        while (!condition())
            await Task.Delay(20, limit.Token);
    }

    string Script(string text)
    {
        var path = _rclone["wrapped-rclone"];
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    Task<RcloneStore> OpenAsync(RcloneStoreOptions options)
        => RcloneStore.OpenAsync(Files, Address, options, TimeProvider.System, Token);

    async Task<StoreException> FailureAsync(StoreAddress address, RcloneStoreOptions options)
    {
        var failure = await Assert.ThrowsAsync<StoreException>(
            () => RcloneStore.OpenAsync(Files, address, options, TimeProvider.System, Token));

        Assert.Empty(_rclone.Processes());
        Assert.Empty(Files.List(_rclone.WorkFolder));
        return failure;
    }
}
