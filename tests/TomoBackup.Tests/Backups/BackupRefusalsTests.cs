using TomoBackup.Backups;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;
using TomoBackup.Testing;
using TomoBackup.Testing.Tiny;
using TomoBackup.Tests.Verification;

namespace TomoBackup.Tests.Backups;

/// <summary>What is refused before the server is asked to begin a backup.</summary>
public sealed class BackupRefusalsTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>
{
    public static TheoryData<string, string> Cases => new()
    {
        { "both", "archive_command and archive_library are both set" },
        { "neither", "neither archive_command nor archive_library is set" },
        { "off", "archive_mode is 'off'" },
        { "minimal", "wal_level is 'minimal'" },
        { "recovery", "the server is in recovery" },
        { "system", "but cluster 'main' in the repository is" },
        { "major", "is 17" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Is_refused_in_one_sentence_with_a_hint(string how, string sentence)
    {
        var facts = Spoil(await FactsAsync(), how);

        var refused = Assert.Throws<TomoBackupException>(() => BackupRefusals.Check(facts, Lineage(facts, how)));

        Assert.Equal(ErrorCode.Refused, refused.Code);
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Hint);
    }

    [Fact]
    public async Task A_server_as_it_should_be_is_not_refused()
    {
        var facts = await FactsAsync();
        BackupRefusals.Check(facts, Lineage(facts, ""));
        BackupRefusals.Check(
            facts with { Wal = facts.Wal with { ArchiveCommand = "", ArchiveLibrary = "a_library" } },
            Lineage(facts, ""));
    }

    static ServerFacts Spoil(ServerFacts facts, string how) => how switch
    {
        "both" => facts with { Wal = facts.Wal with { ArchiveLibrary = "a_library" } },
        "neither" => facts with { Wal = facts.Wal with { ArchiveCommand = "" } },
        "off" => facts with { Wal = facts.Wal with { ArchiveMode = "off" } },
        "minimal" => facts with { Wal = facts.Wal with { Level = "minimal" } },
        "recovery" => facts with { InRecovery = true },
        _ => facts,
    };

    // Of this server, but for the two that are of another.
    Lineage Lineage(ServerFacts facts, string how)
        => fixture.Small.Lineage with
        {
            SystemIdentifier = how == "system" ? "1" : $"{facts.SystemIdentifier}",
            MajorVersion = how == "major" ? 17 : facts.Major,
        };

    static async Task<ServerFacts> FactsAsync()
    {
        using var folder = TestFolder.InMemory();
        return await new FakePostgresServer(TinyCluster.Create(folder["tiny"]), _ => Task.CompletedTask)
            .ReadFactsAsync(TestContext.Current.CancellationToken);
    }
}
