using System.Collections.Concurrent;
using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;
using TomoBackup.Verification;

namespace TomoBackup.Tests.Verification;

public sealed class VerifyOperationTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>
{
    static readonly VerifyOptions Deep = new() { Deep = true };

    readonly MemoryObjectStore _store = fixture.Small.CopyStore();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string FirstBackup => fixture.Small.Backups[0].Manifest.Backup;

    string SecondBackup => fixture.Small.Backups[1].Manifest.Backup;

    [Fact]
    public async Task Needs_no_key_for_listings_and_signatures()
    {
        var sound = await ShallowAsync();
        Assert.True(sound.IsSound);
        Assert.Equal(0, sound.BytesRead);

        await _store.DeleteAsync(Held("pack-00001"), Cancellation);
        _store.Tamper(Held("cluster"), _store.Peek(Held("cluster"))![..^1]);
        var report = await ShallowAsync();

        Assert.False(report.IsSound);
        Assert.Equal([Held("cluster").Value, Held("pack-00001").Value], report.Findings.Select(f => f.Subject));
        Assert.All(report.Findings, f => Assert.Equal([FirstBackup], f.Backups));
    }

    [Fact]
    public async Task Tells_the_windows_of_recovery()
    {
        var report = await ShallowAsync();

        Assert.Equal(
            $"timeline 1: 0/300000 to 0/4000F8, last commit 2026-03-02 12:00:03.000000 UTC, reachable from "
                + $"2026-03-02 11:01:00.000000 UTC on with backup '{FirstBackup}'",
            report.Windows[0].ToString());
        Assert.Equal(2, report.Windows.Count);
        Assert.Equal("0/500000", report.Windows[1].Start.ToString());
        Assert.InRange(report.Windows[1].End.Value, fixture.Small.Backups[1].Manifest.StopLsn.Value, 0x700000UL);
        Assert.Equal(SecondBackup, report.Windows[1].Backup);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 12, 0, 7, TimeSpan.Zero), report.Windows[1].LastCommit);
    }

    [Fact]
    public async Task Says_which_backups_a_hole_costs()
    {
        await _store.DeleteAsync(Archived("000000020000000000000005"), Cancellation);
        var finding = Assert.Single((await DeepAsync()).Findings, f => f.Severity == VerifySeverity.Damage);

        Assert.Equal([FirstBackup], finding.Backups);
        Assert.Equal("'000000020000000000000005'", finding.Wal!.ToString());
    }

    [Fact]
    public async Task Takes_a_hole_before_the_oldest_backup_for_information()
    {
        foreach (var key in _store.Keys.Where(k => k.Value.Contains($"/{FirstBackup}/", StringComparison.Ordinal)))
            await _store.DeleteAsync(key, Cancellation);

        await _store.DeleteAsync(Archived("000000010000000000000004"), Cancellation);
        var report = await ShallowAsync();

        Assert.True(report.IsSound);
        Assert.Contains(
            report.Findings,
            f => f.Subject.EndsWith("000000010000000000000004-", StringComparison.Ordinal)
                && f.Sentence.EndsWith("no backup begins before it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reports_two_contents_of_one_segment()
    {
        var one = Archived("000000010000000000000004");
        var other = new ObjectKey(one.Value[..^32] + new string('a', 32));
        _store.Tamper(other, _store.Peek(one)!);
        var report = await ShallowAsync();

        Assert.Equal(3,
            report.Findings.Count(f => f.Sentence.Contains("2 different contents", StringComparison.Ordinal)));
        Assert.True(DamageTrial.Names(report, one) && DamageTrial.Names(report, other));
        Assert.True(DamageTrial.Names(await DeepAsync(), other));
    }

    [Fact]
    public async Task Takes_what_is_left_over_or_foreign_for_what_it_is()
    {
        var lineage = fixture.Small.Lineage.Id;
        var unfinished = RepositoryLayout.Backup(lineage, "20260303T000000Z-00000003", "20260303T000000Z-00000003");
        _store.Tamper(new ObjectKey(unfinished + "pack-00001"), [1]);
        _store.Tamper(new ObjectKey("tmp/x"), [1]);
        _store.Tamper(new ObjectKey($"wal/{lineage}/00000001/0000000100000000/notes.txt"), [1]);
        _store.Tamper(new ObjectKey("evidence/anything"), [1]);
        var report = await DeepAsync();

        Assert.True(report.IsSound);
        Assert.Equal(
            [VerifySeverity.Warning, VerifySeverity.Information, VerifySeverity.Information],
            report.Findings.Select(f => f.Severity));
        Assert.Contains("no manifest: a backup that is being taken", report.Findings[1].Sentence,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warns_of_a_lease_that_nobody_signed()
    {
        var repository = fixture.Small.Over(_store);
        var lease = await Lease.TakeAsync(
            repository, fixture.Small.Lineage.Id, "backup", "me", null, fixture.Small.Signer,
            SystemEntropy.Instance, TimeProvider.System, Cancellation);
        await lease.DisposeAsync();
        Assert.Empty((await ShallowAsync()).Findings);

        var key = _store.Keys.First(k => k.Value.StartsWith("lease/", StringComparison.Ordinal));
        _store.Tamper(key, "{}"u8.ToArray());

        Assert.Equal((VerifySeverity.Warning, key.Value),
            SeverityAndSubject(Assert.Single((await ShallowAsync()).Findings)));
    }

    [Fact]
    public async Task Looks_at_one_backup_alone()
    {
        await _store.DeleteAsync(Archived("000000010000000000000004"), Cancellation);
        await _store.DeleteAsync(Held("pack-00001"), Cancellation);

        var second = await DamageTrial.VerifyAsync(fixture.Small, _store, Deep with { Backup = "20260302T13" },
            Cancellation);
        Assert.Equal([SecondBackup], second.Backups);
        Assert.Empty(second.Findings);
        Assert.True(second.BytesRead > 0);

        var first = await DamageTrial.VerifyAsync(fixture.Small, _store, Deep with { Backup = FirstBackup },
            Cancellation);
        Assert.Equal(Held("pack-00001").Value, Assert.Single(first.Findings).Subject);

        var failure = await Assert.ThrowsAsync<TomoBackupException>(
            () => DamageTrial.VerifyAsync(fixture.Small, _store, Deep with { Backup = "2027" }, Cancellation));
        Assert.Equal(ErrorCode.NotFound, failure.Code);
    }

    [Fact]
    public async Task Calls_a_chosen_backup_damaged_rather_than_missing_where_its_manifest_is()
    {
        _store.Tamper(Held(RepositoryLayout.ManifestName), "{}"u8.ToArray());

        var report = await DamageTrial.VerifyAsync(
            fixture.Small, _store, Deep with { Backup = FirstBackup }, Cancellation);

        Assert.Empty(report.Backups);
        Assert.Equal(Held(RepositoryLayout.ManifestName).Value, Assert.Single(report.Findings).Subject);
    }

    [Fact]
    public async Task Names_the_files_that_a_damaged_pack_costs()
    {
        var key = _store.Keys.First(k => k.Value.Contains(FirstBackup, StringComparison.Ordinal)
            && k.Name == "pack-00001");
        var bytes = _store.Peek(key)!.ToArray();
        bytes[200] ^= 1;
        _store.Tamper(key, bytes);

        var finding = Assert.Single((await DeepAsync()).Findings);

        Assert.Contains("its tag does not match; it costs 'base/5/1259'", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_to_read_without_keys_or_with_those_of_others()
    {
        var nobody = Operation(fixture.Small.Over(_store), null);
        Assert.Equal(
            ErrorCode.KeyMissingOrWrong,
            (await Assert.ThrowsAsync<TomoBackupException>(() => nobody.RunAsync(Deep, Cancellation))).Code);

        using var stranger = AgeIdentity.Generate(SystemEntropy.Instance);
        using var keys = new KeyRing(
            fixture.Small.Repository, fixture.Small.Lineage,
                new OpenEpochs(PhysicalFileSystem.Instance, "/nonexistent"), [stranger]);
        Assert.Equal(
            ErrorCode.KeyMissingOrWrong,
            (await Assert.ThrowsAsync<TomoBackupException>(
                () => Operation(fixture.Small.Repository, keys).RunAsync(Deep, Cancellation))).Code);
    }

    [Fact]
    public async Task Goes_on_behind_an_object_that_cannot_be_read_but_not_without_the_store()
    {
        var report = await DamageTrial.VerifyAsync(
            fixture.Small, new FailingStore(_store, k => k == Held("pack-00002")), Deep, Cancellation);

        Assert.Equal(Held("pack-00002").Value, Assert.Single(report.Findings).Subject);
        Assert.Contains("cannot be read", report.Findings[0].Sentence, StringComparison.Ordinal);

        await Assert.ThrowsAsync<StoreException>(
            () => DamageTrial.VerifyAsync(fixture.Small, new FailingStore(_store, _ => true), Deep, Cancellation));
    }

    [Fact]
    public async Task Reads_each_byte_of_a_pack_once_and_says_how_far_it_is()
    {
        var progress = new RecordedProgress();
        var repository = fixture.Small.Over(_store);
        using var keys = fixture.Small.Keys(repository);
        var report = await new VerifyOperation(repository, fixture.Small.Lineage, keys, TimeProvider.System, progress)
            .RunAsync(Deep, Cancellation);

        var packs = _store.Keys.Where(k => k.Name != RepositoryLayout.ManifestName
            && (k.Value.StartsWith("backup/", StringComparison.Ordinal)
                || k.Value.StartsWith("wal/", StringComparison.Ordinal)
                || k.Value.StartsWith("history/", StringComparison.Ordinal)));

        Assert.Equal(packs.Sum(k => _store.Peek(k)!.Length), report.BytesRead);
        Assert.Equal(report.BytesRead, progress.Seen.Max(p => p.DoneBytes));
        Assert.All(progress.Seen.Where(p => p.Phase == "reading"), p => Assert.Equal(report.BytesRead, p.TotalBytes));
    }

    VerifyOperation Operation(Repository repository, IEpochKeys? keys)
        => new(repository, fixture.Small.Lineage, keys, TimeProvider.System, new RecordedProgress());

    Task<VerifyReport> ShallowAsync()
        => Operation(fixture.Small.Over(_store), null).RunAsync(new VerifyOptions(), Cancellation);

    Task<VerifyReport> DeepAsync() => DamageTrial.VerifyAsync(fixture.Small, _store, Deep, Cancellation);

    ObjectKey Held(string name)
        => new(RepositoryLayout.Backup(fixture.Small.Lineage.Id, FirstBackup, FirstBackup) + name);

    ObjectKey Archived(string name)
        => fixture.Small.Store.Keys.Single(
            k => k.Value.StartsWith("wal/", StringComparison.Ordinal)
                && k.Name.StartsWith(name + "-", StringComparison.Ordinal));

    static (VerifySeverity Severity, string Subject) SeverityAndSubject(VerifyFinding finding)
        => (finding.Severity, finding.Subject);

    sealed class RecordedProgress : IProgress<OperationProgress>
    {
        public ConcurrentQueue<OperationProgress> Seen { get; } = new();

        public void Report(OperationProgress value) => Seen.Enqueue(value);
    }
}
