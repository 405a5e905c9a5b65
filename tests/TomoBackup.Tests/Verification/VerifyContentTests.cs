using System.Text.Json;
using TomoBackup.Postgres;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;
using TomoBackup.Verification;

namespace TomoBackup.Tests.Verification;

/// <summary>Content that is authentic and yet wrong: what our own writers must never have written.</summary>
public sealed class VerifyContentTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>
{
    const string Large = "base/5/1259";
    const string Small = "base/5/2619";
    const string Segment = "000000020000000000000006";

    readonly ReworkedRepository _reworked = new(fixture.Small);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Large)]
    [InlineData(Small)]
    public async Task Names_a_file_whose_checksum_is_wrong(string path)
    {
        await RewriteAsync(path, line => line with { Crc32c = "00c0ffee" });
        var finding = await OnlyFindingAsync();

        Assert.Contains($"file '{path}' of backup '{fixture.Small.Backups[0].Manifest.Backup}'", finding.Sentence,
            StringComparison.Ordinal);
        Assert.EndsWith("/files", finding.Subject, StringComparison.Ordinal);
        Assert.Equal([fixture.Small.Backups[0].Manifest.Backup], finding.Backups);
    }

    [Theory]
    [InlineData(Large, 99, 0, 1, "pack 99, which the manifest does not name")]
    [InlineData(Large, 1, 99, 1, "lies in frames 99 to 99")]
    [InlineData(Large, 1, 0, int.MaxValue, "lies in frames 0 to 2147483646")]
    [InlineData(Large, 1, 0, 1, "not those whose length and checksum were listed")]
    public async Task Names_a_file_whose_frames_do_not_exist_or_do_not_suffice(
        string path, int pack, int frame, int count, string expected)
    {
        await RewriteAsync(path, line => line with { Runs = [[pack, frame, count]] });

        Assert.Contains(expected, (await OnlyFindingAsync()).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_a_file_that_lies_beyond_the_end_of_its_frame()
    {
        await RewriteAsync(Small, line => line with { Runs = [[line.Runs![0][0], line.Runs[0][1], 1, 262_000]] });

        Assert.Contains($"file '{Small}'", (await OnlyFindingAsync()).Sentence, StringComparison.Ordinal);
    }

    /// <summary>The format lets a file end within its last frame, and mixes whole frames with parts of one; no writer
    /// of ours does that.</summary>
    [Theory]
    [InlineData(5000, false)]
    [InlineData(5000, true)]
    [InlineData(0, true)]
    public async Task Reads_a_file_that_whole_frames_do_not_make_up(int cut, bool isMixed)
    {
        var content = fixture.Small.Backups[0].Files[Large][..^cut];
        var checksum = Crc32C.Compute(content);

        async Task<VerifyReport> WithAsync(uint listed)
        {
            var reworked = new ReworkedRepository(fixture.Small);
            await reworked.RewriteListAsync(line => line.Path != Large || line.Type != FileListLine.File
                ? line
                : line with
                {
                    Size = content.Length,
                    Crc32c = listed.ToString("x8", null),
                    Runs = isMixed
                        ? [[line.Runs![0][0], 0, 1, 0], [line.Runs[0][0], 1, line.Runs[0][2] - 1]]
                        : line.Runs,
                });
            return await DamageTrial.VerifyAsync(
                fixture.Small, reworked.Store, new VerifyOptions { Deep = true }, Cancellation);
        }

        Assert.Empty((await WithAsync(checksum)).Findings);
        Assert.Contains(
            $"file '{Large}'", Assert.Single((await WithAsync(checksum ^ 1)).Findings).Sentence,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_a_pack_id_that_was_used_twice()
    {
        var first = Key(Segment);
        var header = await PackObjectReader.ReadHeaderAsync(_reworked.Store, first, Cancellation);
        const string Name = "000000020000000000000006.00000028.backup";
        var second = await _reworked.ArchiveAsync(
            Name, "another content\n"u8.ToArray(), Note(new WalNote { Name = Name }), FrozenEntropy.Of(header!));

        var finding = await OnlyFindingAsync();

        Assert.Contains("has the pack id of", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains(finding.Subject, new[] { first.Value, second.Value });
    }

    [Fact]
    public async Task Reports_notes_that_do_not_say_what_the_content_is()
    {
        var note = await WalNote.TryReadAsync(
            fixture.Small.Repository, new ArchivedFile(Segment, "", Key(Segment), 0), Cancellation);
        var key = await _reworked.ArchiveAsync(
            Segment,
            fixture.Small.Wal[Segment],
            Note(note! with { LastCommit = note.LastCommit!.Value.AddSeconds(1) }),
            SystemEntropy.Instance);

        var finding = await OnlyFindingAsync();

        Assert.Equal(key.Value, finding.Subject);
        Assert.Contains("its public note does not say", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_content_that_its_key_does_not_name()
    {
        var key = Key("000000010000000000000005.partial");
        var content = fixture.Small.Wal["000000010000000000000005.partial"].ToArray();
        var note = (await PackObjectReader.ReadHeaderAsync(_reworked.Store, key, Cancellation))!.PublicNote.ToArray();
        content[^1] ^= 1;
        await _reworked.ArchiveAsync(
            "000000010000000000000005.partial", content, note, SystemEntropy.Instance,
            RepositoryLayout.SplitContentName(key)!.Value.ContentId);

        var finding = await OnlyFindingAsync();

        Assert.Equal(key.Value, finding.Subject);
        Assert.Contains("not the one that its key names", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_a_segment_whose_records_do_not_chain()
    {
        var content = fixture.Small.Wal[Segment].ToArray();
        content[100] ^= 1;
        await _reworked.Store.DeleteAsync(Key(Segment), Cancellation);
        var key = await _reworked.ArchiveAsync(Segment, content, "{}"u8.ToArray(), SystemEntropy.Instance);

        var report = await VerifyAsync();

        // The backup holds the true one: so this is another content as well.
        Assert.Contains(report.Findings, f => f.Subject == key.Value
            && f.Sentence.Contains("its records end at", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Subject == key.Value
            && f.Sentence.Contains("different contents", StringComparison.Ordinal));
    }

    Task RewriteAsync(string path, Func<FileListLine, FileListLine> change)
        => _reworked.RewriteListAsync(line => line.Path == path && line.Type == FileListLine.File ? change(line)
            : line);

    async Task<VerifyFinding> OnlyFindingAsync()
    {
        var finding = Assert.Single((await VerifyAsync()).Findings);
        Assert.Equal(VerifySeverity.Damage, finding.Severity);
        return finding;
    }

    Task<VerifyReport> VerifyAsync()
        => DamageTrial.VerifyAsync(fixture.Small, _reworked.Store, new VerifyOptions { Deep = true }, Cancellation);

    ObjectKey Key(string name)
        => fixture.Small.Store.Keys.Single(
            k => k.Value.StartsWith("wal/", StringComparison.Ordinal)
                && k.Name.StartsWith(name + "-", StringComparison.Ordinal));

    static byte[] Note(WalNote note) => JsonSerializer.SerializeToUtf8Bytes(note, RepositoryJson.Default.WalNote);
}
