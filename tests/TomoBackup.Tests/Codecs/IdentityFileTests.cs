using CsCheck;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

public sealed class IdentityFileTests
{
    // Made by age-keygen for this test and used nowhere.
    const string SecretKey = "AGE-SECRET-KEY-1LJQ5ZDW5SZEF0QE7LXL8H4A96CXD0PJXMCQNQWCKTRYG3PUJ9STSYVYHA9";
    const string Trusted = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void Reads_keys_comments_and_trusted_signing_keys()
    {
        using var second = AgeIdentity.Generate(SystemEntropy.Instance);
        using var file = IdentityFile.Parse(
            $"""
            # created: 2026-11-22
            # tomo-backup signing key: {Trusted}

            {SecretKey}
            # the escrow's
            #tomo-backup
            {second.ExportText()}
            """);

        Assert.Equal([SecretKey, second.ExportText()], file.Identities.Select(identity => identity.ExportText()));
        Assert.Equal([Fingerprint.Parse(Trusted)], file.SigningKeys);
    }

    [Fact]
    public void Reads_what_it_wrote()
    {
        using var identity = AgeIdentity.Generate(SystemEntropy.Instance);
        using var file = IdentityFile.Parse(IdentityFile.Write(identity, [Fingerprint.Parse(Trusted)]));

        Assert.Equal(identity.Recipient, Assert.Single(file.Identities).Recipient);
        Assert.Equal(Trusted, Assert.Single(file.SigningKeys).ToString());
    }

    [Theory]
    [InlineData("AGE-SECRET-KEY-1LJQ5ZDW5SZEF0QE7LXL8H4A96CXD0PJXMCQNQWCKTRYG3PUJ9STSYVYHA8")]
    [InlineData("age-secret-key-1ljq5zdw5szef0qe7lxl8h4a96cxd0pjxmcqnqwcktryg3puj9stsyvyha9")]
    [InlineData("age1088g54v808tj5tkcrpfettvzha4j583lj0dgyg7x9fkrysn8qvhs63n09q")]
    [InlineData("some secret")]
    public void Names_the_line_that_it_cannot_read_but_not_what_stands_there(string line)
    {
        var error = Assert.Throws<CodecException>(() => IdentityFile.Parse($"# comment\n{SecretKey}\n{line}\n"));

        Assert.Equal(CodecFailure.Invalid, error.Failure);
        Assert.Equal("line 3 of the identity file is neither a comment nor an age secret key", error.Message);
    }

    [Fact]
    public void A_mistyped_fingerprint_is_no_mere_comment()
    {
        var error = Assert.Throws<CodecException>(
            () => IdentityFile.Parse($"# tomo-backup signing key: {Trusted[1..]}\n{SecretKey}"));

        Assert.StartsWith("line 1 ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    public void A_file_without_a_key_is_refused(string text)
        => Assert.Equal(CodecFailure.Invalid, Assert.Throws<CodecException>(() => IdentityFile.Parse(text)).Failure);

    [Fact]
    public void Keys_have_one_text_each()
        => Gen.Byte.Array[32].Sample(
            bytes =>
            {
                var recipient = new AgeRecipient(bytes);
                var text = recipient.ToString();

                Assert.Equal(62, text.Length);
                Assert.Equal(recipient, AgeRecipient.Parse(text));
                Assert.False(AgeRecipient.TryParse(text.ToUpperInvariant(), out _));
                Assert.False(AgeRecipient.TryParse(text[..^1] + (text[^1] == 'q' ? 'p' : 'q'), out _));
            },
            seed: "0000KOIikJQ4",
            iter: 200);

    [Fact]
    public void A_secret_key_shows_itself_only_when_asked()
    {
        using var identity = AgeIdentity.Parse(SecretKey);

        Assert.Equal("***", identity.ToString());
        Assert.Equal(SecretKey, identity.ExportText());
        Assert.Equal(
            "age1088g54v808tj5tkcrpfettvzha4j583lj0dgyg7x9fkrysn8qvhs63n09q", identity.Recipient.ToString());
        Assert.DoesNotContain(
            "secret-text", Assert.Throws<FormatException>(() => AgeIdentity.Parse("secret-text")).Message,
            StringComparison.Ordinal);
    }
}
