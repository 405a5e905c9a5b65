using System.IO.Hashing;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

public sealed class IdTests
{
    const string Hex = "000102030405060708090a0b0c0d0e0f";

    [Fact]
    public void Ids_are_random_bytes_in_lower_case_hex()
    {
        Assert.Equal(Hex, LineageId.New(new CountingEntropy()).ToString());
        Assert.Equal(Hex, EpochId.New(new CountingEntropy()).ToString());
        Assert.Equal(Hex + "101112131415161718191a1b1c1d1e1f", PackId.New(new CountingEntropy()).ToString());
        Assert.Equal(LineageId.Parse(Hex), LineageId.New(new CountingEntropy()));
        Assert.Equal(EpochId.Parse(Hex), EpochId.New(new CountingEntropy()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("000102030405060708090a0b0c0d0e0")]
    [InlineData("000102030405060708090a0b0c0d0e0f0")]
    [InlineData("000102030405060708090A0B0C0D0E0F")]
    [InlineData("000102030405060708090g0b0c0d0e0f")]
    public void Refuses_other_text(string text)
    {
        Assert.False(LineageId.TryParse(text, out _));
        Assert.False(EpochId.TryParse(text, out _));
        Assert.False(ContentId.TryParse(text, out _));
        Assert.False(Fingerprint.TryParse(text, out _));
        Assert.Throws<FormatException>(() => LineageId.Parse(text));
        Assert.Throws<FormatException>(() => EpochId.Parse(text));
        Assert.Throws<FormatException>(() => ContentId.Parse(text));
        Assert.Throws<FormatException>(() => Fingerprint.Parse(text));
    }

    [Fact]
    public void Content_id_depends_on_the_key_the_name_and_every_byte()
    {
        const string Name = "000000010000000000000001";
        using var epochKey = SmallPack.Key();
        using var key = new IdKey(epochKey);
        using var otherEpochKey = EpochKey.New(SystemEntropy.Instance);
        using var otherKey = new IdKey(otherEpochKey);
        byte[] plain = [.. Enumerable.Range(0, 100).Select(n => (byte)n)];
        var contents = Enumerable.Range(0, plain.Length)
            .Select(at => plain.Select((value, i) => i == at ? (byte)(value ^ 1) : value).ToArray())
            .Append(plain)
            .Append([])
            .Append([.. plain, 0])
            .Append(plain[..^1]);

        var ids = contents.Select(content => ContentId.Compute(key, Name, content))
            .Append(ContentId.Compute(key, "000000010000000000000002", plain))
            .Append(ContentId.Compute(otherKey, Name, plain))
            .ToList();

        Assert.Equal(106, ids.Distinct().Count());
        Assert.Equal(ids[100], ContentId.Compute(key, Name, plain));
    }

    [Fact]
    public void Content_id_depends_on_the_order_of_pieces_and_no_piece_follows_a_short_one()
    {
        const string Name = "000000010000000000000001";
        using var epochKey = SmallPack.Key();
        using var key = new IdKey(epochKey);
        byte[] first = [.. Enumerable.Repeat((byte)1, ContentHash.PieceBytes)];
        byte[] second = [.. Enumerable.Repeat((byte)2, ContentHash.PieceBytes)];

        Assert.NotEqual(
            ContentId.Compute(key, Name, [.. first, .. second]), ContentId.Compute(key, Name, [.. second, .. first]));

        using var hash = new ContentHash(key, Name);
        hash.Append("short"u8);
        Assert.Throws<InvalidOperationException>(() => hash.Append("another"u8));
        Assert.Equal(ContentId.Compute(key, Name, "short"u8), hash.Finish());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    public void Content_id_takes_names_in_ascii_only(string name)
    {
        using var epochKey = SmallPack.Key();
        using var key = new IdKey(epochKey);

        Assert.Throws<ArgumentException>(() => ContentId.Compute(key, name, []));
    }

    [Fact]
    public void Keys_do_not_show_themselves_and_are_gone_after_dispose()
    {
        var key = SmallPack.Key();
        Assert.Equal("***", key.ToString());

        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Commitment());
    }

    [Fact]
    public void A_key_matches_its_own_commitment_only()
    {
        using var key = SmallPack.Key();
        using var other = SmallPack.Key(fill: 8);

        Assert.True(key.Matches(key.Commitment()));
        Assert.False(key.Matches(other.Commitment()));
        Assert.False(key.Matches([]));
    }

    [Fact]
    public void The_hash_in_the_table_is_the_canonical_form_of_xxh128()
    {
        var frame = SmallPack.Open(SmallPack.Encode([[1, 2, 3]])).Frames[0];

        Assert.Equal(Convert.ToHexStringLower(XxHash128.Hash([1, 2, 3])), frame.Hash.ToString("x32"));
    }
}
