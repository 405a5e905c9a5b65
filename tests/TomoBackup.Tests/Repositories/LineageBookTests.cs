using System.Text;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Testing.Repositories;

namespace TomoBackup.Tests.Repositories;

public sealed class LineageBookTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_the_lineage_and_its_claims()
    {
        using var small = await SmallRepository.CreateAsync(Cancellation);

        Assert.Equal([1u, 2u], small.Lineage.Claims.Keys.Order());
        Assert.Equal(3, small.Lineage.LastNumber);
    }

    /// <summary>White space is signed by nobody, but the key names the very bytes (format §4).</summary>
    [Fact]
    public async Task Refuses_a_record_whose_bytes_its_key_does_not_name()
    {
        using var small = await SmallRepository.CreateAsync(Cancellation);
        var key = small.Store.Keys.First(k
            => k.Value.StartsWith(RepositoryLayout.LineagePrefix, StringComparison.Ordinal));
        small.Store.Tamper(key, [.. small.Store.Peek(key)!, (byte)'\n']);

        var failure = await Assert.ThrowsAsync<TomoBackupException>(
            () => LineageBook.FindAsync(small.Repository, SmallRepository.Cluster, small.Trust, Cancellation));

        Assert.Equal(ErrorCode.RepositoryDamaged, failure.Code);
        Assert.Contains(key.Value, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_an_epoch_record_that_stands_under_the_key_of_another()
    {
        using var small = await SmallRepository.CreateAsync(Cancellation);
        var records = small.Store.Keys.Where(k => k.Name.EndsWith(".epoch", StringComparison.Ordinal)).ToList();
        var borrowed = small.Store.Peek(records[1])!;

        var own = EpochRecord.Open(small.Lineage, records[1], borrowed);
        var failure = Assert.Throws<CodecException>(() => EpochRecord.Open(small.Lineage, records[0], borrowed));

        Assert.Contains(own.Epoch.ToString(), records[1].Value, StringComparison.Ordinal);
        Assert.Equal(CodecFailure.Foreign, failure.Failure);
    }

    [Theory]
    [InlineData("pack-00001", 1)]
    [InlineData("pack-123456", 123456)]
    [InlineData("pack-1", null)]
    [InlineData("pack-00x01", null)]
    [InlineData("files", null)]
    public void Tells_packs_from_other_objects(string name, int? number)
        => Assert.Equal(number, RepositoryLayout.TryPackNumber(name));

    [Theory]
    [InlineData("wal/000000010000000000000003-00112233445566778899aabbccddeeff", "000000010000000000000003")]
    [InlineData("wal/000000010000000000000003", null)]
    [InlineData("wal/../x-00112233445566778899aabbccddeeff", null)]
    [InlineData("pack-00001", null)]
    public void Tells_the_wal_that_a_backup_holds(string name, string? expected)
        => Assert.Equal(expected, RepositoryLayout.TryWalName(new ManifestObject(name, 0, "")));

    [Fact]
    public async Task Keeps_the_whole_repository_in_memory_small()
    {
        using var small = await SmallRepository.CreateAsync(Cancellation);
        var text = new StringBuilder();

        foreach (var key in small.Store.Keys)
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{small.Store.Peek(key)!.Length,6} {key}\n");

        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString());
        Assert.True(small.Store.Keys.Sum(k => small.Store.Peek(k)!.Length) <= 64 << 10);
    }
}
