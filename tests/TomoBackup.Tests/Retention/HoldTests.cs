using System.Text.Json;
using TomoBackup.Cli.Output;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Retention;
using TomoBackup.Storage;
using TomoBackup.Tests.Cli;

namespace TomoBackup.Tests.Retention;

/// <summary>A person keeps a backup, whatever the policy says; nobody else can, and nobody else can let it
/// go.</summary>
public sealed class HoldTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>, IDisposable
{
    readonly ExpireTrial _trial = new(fixture.Small);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    static HoldOptions Hold => new("20260302T11", Release: false, Until: null, "audit");

    static HoldOptions Release => Hold with { Release = true, Reason = null };

    public void Dispose() => _trial.Dispose();

    [Fact]
    public async Task A_held_backup_stays_until_it_is_released()
    {
        var report = await RunAsync(Hold);
        Assert.Equal((ExpireTrial.First, 1), (report.Backup, report.Count));

        await _trial.MarkedAsync();
        var held = await _trial.ExpireAsync(allowMore: true);
        Assert.Equal(0, held.Removed.Backups);
        Assert.Equal("held: audit", held.Plan.Backups[0].Grounds.Single().ToString());

        Assert.True((await RunAsync(Release)).Released);
        await _trial.ExpireAsync(allowMore: true);
        _trial.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(1, (await _trial.Verified().ExpireAsync(allowMore: true)).Removed.Backups);
    }

    [Fact]
    public async Task A_hold_ends_by_itself_when_its_time_has_come()
    {
        await RunAsync(Hold with { Until = _trial.Time.GetUtcNow().AddHours(5) });
        Assert.Single(await ActiveAsync());

        _trial.Time.Advance(TimeSpan.FromHours(5));
        Assert.Empty(await ActiveAsync());
    }

    [Fact]
    public async Task A_hold_that_has_ended_already_is_refused()
    {
        var failure = await Assert.ThrowsAsync<TomoBackupException>(
            () => RunAsync(Hold with { Until = _trial.Time.GetUtcNow() }));

        Assert.Equal(ErrorCode.Usage, failure.Code);
    }

    [Fact]
    public async Task What_is_not_held_cannot_be_released_and_what_is_not_there_cannot_be_held()
    {
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<TomoBackupException>(() => RunAsync(Release))).Code);
        Assert.Equal(
            ErrorCode.NotFound,
            (await Assert.ThrowsAsync<TomoBackupException>(() => RunAsync(Hold with { Backup = "2027" }))).Code);
    }

    [Fact]
    public async Task A_hold_that_another_key_signed_holds_nothing()
    {
        using var forger = SigningKey.Generate();
        await IntentBook.PublishAsync(_trial.Repository, Intent("00000000000000aa", 1), forger, Cancelled);

        Assert.Empty(await ActiveAsync());
    }

    [Fact]
    public async Task A_release_that_another_key_signed_releases_nothing()
    {
        using var forger = SigningKey.Generate();
        await RunAsync(Hold);
        var held = Assert.Single(await ActiveAsync());
        var over = held with { Number = 2, Until = _trial.Time.GetUtcNow() };
        await IntentBook.PublishAsync(_trial.Repository, over, forger, Cancelled);

        Assert.Single(await ActiveAsync());

        // … and its object in the place of ours does not keep us from releasing.
        await RunAsync(Release);
        Assert.Empty(await ActiveAsync());
    }

    [Fact]
    public async Task The_end_of_one_hold_cannot_be_copied_into_the_place_of_another()
    {
        await RunAsync(Hold);
        var first = Assert.Single(await ActiveAsync());
        await RunAsync(Release);
        var ended = _trial.Store.Peek(Key(first.Id, 2))!;
        await RunAsync(Hold);
        var second = Assert.Single(await ActiveAsync());

        _trial.Store.Tamper(Key(second.Id, 2), ended);

        Assert.Single(await ActiveAsync());
    }

    [Fact]
    public async Task List_and_show_tell_what_is_held()
    {
        await RunAsync(Hold);
        var holds = await ActiveAsync();
        var catalog = await Catalog.ReadAsync(_trial.Repository, fixture.Small.Lineage, Cancelled);
        var terminal = new CapturedTerminal();
        var report = new Report(terminal, new ReportMode(Color: false));

        BackupText.Show(catalog, holds, _trial.Time.GetUtcNow(), report);
        BackupText.Show(catalog.Backups[0], null, holds, report);

        var told = terminal.Spoken.ToString();
        Assert.Contains($"{ExpireTrial.First}  full         good, held  ", told, StringComparison.Ordinal);
        Assert.Contains($"{ExpireTrial.Second}  full         good        ", told, StringComparison.Ordinal);
        Assert.Contains(
            "held          until it is released, since 2026-03-04 13:30:00 UTC: audit\n", told,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_intent_keeps_its_form()
    {
        var json = JsonSerializer.Serialize(Intent("00000000000000aa", 1), RepositoryJson.Default.IntentRecord);

        Assert.Equal(
            $$"""
            {"lineage":"{{fixture.Small.Lineage.Id}}","id":"00000000000000aa","number":1,"verb":"hold","host":"h",
            "since":"2026-03-02T00:00:00Z","until":"9999-12-31T00:00:00Z","subject":"b","reason":null}
            """.ReplaceLineEndings(""),
            json);
    }

    IntentRecord Intent(string id, int number) => new(
        fixture.Small.Lineage.Id, id, number, IntentRecord.Hold, "h", new DateTimeOffset(2026, 3, 2, 0, 0, 0, default),
        IntentRecord.Endless, "b", null);

    ObjectKey Key(string id, int number) => RepositoryLayout.Intent(fixture.Small.Lineage.Id, id, number);

    Task<HoldReport> RunAsync(HoldOptions options)
        => new HoldOperation(
            [(_trial.Repository, fixture.Small.Lineage)], fixture.Small.Signer, "host", SystemEntropy.Instance,
            _trial.Time).RunAsync(options, Cancelled);

    Task<IReadOnlyList<IntentRecord>> ActiveAsync()
        => IntentBook.ActiveAsync(_trial.Repository, fixture.Small.Lineage, _trial.Time.GetUtcNow(), Cancelled);
}
