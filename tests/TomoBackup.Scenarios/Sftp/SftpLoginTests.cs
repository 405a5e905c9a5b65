using TomoBackup.Postgres.Server;
using TomoBackup.Storage;
using TomoBackup.Storage.Sftp;
using TomoBackup.Testing;
using TomoBackup.Testing.Ssh;

namespace TomoBackup.Scenarios.Sftp;

public sealed class SftpLoginTests(SshServerFixture fixture) : IClassFixture<SshServerFixture>, IDisposable
{
    readonly TestFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    TestSshServer Server => fixture.Server;

    string Known => File.ReadAllText(Server.KnownHostsFile);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Refuses_a_server_whose_key_is_not_known_and_shows_its_fingerprint()
    {
        var file = _folder.Write("known_hosts", $"elsewhere.example.org {Known.Split(' ', 2)[1]}");
        var failure = await RefusedAsync(Server.Options with { KnownHostsFile = file });

        Assert.Equal(
            $"store '{Server.AddressOf("")}': host key ssh-ed25519 {Server.Fingerprint} of '127.0.0.1' is not in "
            + $"'{file}': compare it with the server's own, then add it there",
            failure.Message);
    }

    [Fact]
    public async Task Refuses_a_server_whose_key_has_changed_and_shows_both_fingerprints()
    {
        var other = File.ReadAllText($"{await Server.MakeKeyAsync($"other-{Guid.NewGuid():N}")}.pub").Split(' ');
        var file = _folder.Write("known_hosts", $"[127.0.0.1]:{Server.Port} {other[0]} {other[1]}\n");
        var failure = await RefusedAsync(Server.Options with { KnownHostsFile = file });

        Assert.Contains($"{Server.Fingerprint} of '127.0.0.1' is not the one in '{file}' (SHA256:", failure.Message);
        Assert.EndsWith("another server answers, or its key was replaced", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_server_whose_key_is_revoked()
        => Assert.Contains(
            "is revoked",
            (await RefusedAsync(Server.Options with
            {
                KnownHostsFile = _folder.Write("known_hosts", $"{Known}@revoked * {Known.Split(' ', 2)[1]}"),
            })).Message);

    [Fact]
    public async Task Knows_a_server_whose_name_is_hashed()
    {
        var file = _folder.Write("known_hosts", Known);
        var hashed = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(Server.Beside("ssh-keygen"), "-H", "-f", file), Token);
        Assert.Equal(0, hashed.ExitCode);
        Assert.StartsWith("|1|", File.ReadAllText(file), StringComparison.Ordinal);

        await AcceptedAsync(Server.Options with { KnownHostsFile = file });
    }

    [Fact]
    public async Task Knows_a_server_by_a_pinned_fingerprint_alone()
    {
        var pinned = Server.Options with { KnownHostsFile = null, HostKeyFingerprints = [Server.Fingerprint] };
        await AcceptedAsync(pinned);

        var failure = await RefusedAsync(pinned with { HostKeyFingerprints = [$"SHA256:{new string('A', 43)}"] });
        Assert.Contains($"{Server.Fingerprint} of '127.0.0.1' is not the pinned one", failure.Message);
    }

    [Fact]
    public async Task Says_that_there_is_no_file_of_known_hosts()
        => Assert.EndsWith(
            $"there is no file of known hosts '{_folder["none"]}'",
            (await RefusedAsync(Server.Options with { KnownHostsFile = _folder["none"] })).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Is_refused_with_a_key_that_the_server_does_not_know()
        => Assert.EndsWith(
            "unable to log in: the server accepts none of our keys for this user",
            (await RefusedAsync(Server.Options with
            {
                IdentityFile = await Server.MakeKeyAsync($"stranger-{Guid.NewGuid():N}"),
            })).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Refuses_a_key_file_that_others_can_read()
    {
        var key = CopyOfKey();
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.EndsWith(
            $"identity file '{key}' can be read by others than its owner: chmod 600 it",
            (await RefusedAsync(Server.Options with { IdentityFile = key })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_key_file_with_a_passphrase()
    {
        var key = CopyOfKey();
        var changed = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(Server.Beside("ssh-keygen"), "-q", "-p", "-N", "hunter2", "-f", key), Token);
        Assert.Equal(0, changed.ExitCode);

        Assert.EndsWith(
            $"identity file '{key}' has a passphrase: give the key to an agent instead",
            (await RefusedAsync(Server.Options with { IdentityFile = key })).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "there is no identity file")]
    [InlineData("text", "is no private key that can be used")]
    public async Task Says_what_is_wrong_with_a_key_file(string name, string complaint)
    {
        if (name == "text")
            File.SetUnixFileMode(
                _folder.Write(name, "not a key\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Contains(
            complaint, (await RefusedAsync(Server.Options with { IdentityFile = _folder[name] })).Message);
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    [InlineData("ecdsa")]
    public async Task Logs_in_with_keys_of_each_type_from_a_file_and_from_an_agent(string type)
    {
        var key = await Server.MakeKeyAsync($"{type}-{Guid.NewGuid():N}", type);
        Server.Admit(key);
        await AcceptedAsync(Server.Options with { IdentityFile = key });

        using var agent = await TestSshAgent.StartAsync(Server);
        await agent.AddAsync(await Server.MakeKeyAsync($"unused-{Guid.NewGuid():N}"));
        await agent.AddAsync(key);
        await AcceptedAsync(Server.Options with { IdentityFile = null, AgentSocket = agent.Socket });
    }

    [Fact]
    public async Task Says_that_an_agent_has_no_key_or_does_not_answer()
    {
        var options = Server.Options with { IdentityFile = null };

        using (var agent = await TestSshAgent.StartAsync(Server))
            Assert.EndsWith(
                $"the agent at '{agent.Socket}' holds no key: add one with ssh-add",
                (await RefusedAsync(options with { AgentSocket = agent.Socket })).Message,
                StringComparison.Ordinal);

        Assert.Contains(
            $"no agent answers at '{_folder["none"]}'",
            (await RefusedAsync(options with { AgentSocket = _folder["none"] })).Message);
    }

    string CopyOfKey()
    {
        File.Copy(Server.IdentityFile, _folder["key"]);
        return _folder["key"];
    }

    async Task AcceptedAsync(SftpStoreOptions options)
    {
        await using var store = await SftpStore.OpenAsync(
            PhysicalFileSystem.Instance, Server.AddressOf(""), options, Token);
    }

    async Task<StoreException> RefusedAsync(SftpStoreOptions options)
    {
        var failure = await Assert.ThrowsAsync<StoreException>(() => AcceptedAsync(options));
        Assert.Equal(StoreFailure.Denied, failure.Failure);
        return failure;
    }
}
