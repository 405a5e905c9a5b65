using System.Text;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

/// <summary>Headers that age would not write, each with a right MAC, so that it is the form that is refused.</summary>
public sealed class AgeHeaderTests : IDisposable
{
    static readonly byte[] FileKey = "YELLOW SUBMARINE"u8.ToArray();
    static readonly byte[] Nonce = new byte[16];

    readonly AgeIdentity _identity = AgeIdentity.Generate(SystemEntropy.Instance);

    public void Dispose() => _identity.Dispose();

    [Fact]
    public void Passes_over_stanzas_that_it_does_not_know()
    {
        AgeStanza[] grease =
        [
            new("grease", ["with", "arguments!"], []),
            new("48-bytes", [], new byte[48]),
            new("100-bytes", [], new byte[100]),
        ];

        foreach (var unknown in grease)
        {
            Assert.Equal("hello"u8, AgeFile.Decrypt(File(unknown, Ours()), [_identity]));
            Assert.Equal("hello"u8, AgeFile.Decrypt(File(Ours(), unknown), [_identity]));
            Assert.Equal(CodecFailure.NoIdentity, FailureOf(File(unknown)));
        }
    }

    [Fact]
    public void A_passphrase_stands_alone()
    {
        var passphrase = new AgeStanza("scrypt", [AgeBase64.Encode(new byte[16]), "18"], new byte[32]);

        Assert.Equal(CodecFailure.NoIdentity, FailureOf(File(passphrase)));
        Assert.Equal(CodecFailure.Damaged, FailureOf(File(passphrase, Ours())));
        Assert.Equal(CodecFailure.Damaged, FailureOf(File(Ours(), passphrase)));
    }

    [Fact]
    public void Refuses_an_X25519_stanza_out_of_form()
    {
        var good = Ours();

        Assert.Equal(CodecFailure.Damaged, FailureOf(File(good with { Arguments = [] })));
        Assert.Equal(CodecFailure.Damaged, FailureOf(File(good with { Arguments = [.. good.Arguments, "more"] })));
        Assert.Equal(CodecFailure.Damaged, FailureOf(File(good with { Arguments = [good.Arguments[0] + "A"] })));
        Assert.Equal(CodecFailure.Damaged, FailureOf(File(good with { Body = [.. good.Body, 0] })));
        Assert.Equal(CodecFailure.Damaged, FailureOf(File(good with { Body = good.Body[1..] })));
        Assert.Equal(
            CodecFailure.Damaged, FailureOf(File(good with { Arguments = [AgeBase64.Encode(new byte[32])] })));
    }

    [Fact]
    public void A_file_key_that_was_wrapped_by_somebody_who_did_not_know_the_header_is_refused()
    {
        using var other = AgeIdentity.Generate(SystemEntropy.Instance);
        var withStranger = File(Ours(), AgeX25519.Wrap(other.Recipient, FileKey, SystemEntropy.Instance));
        var text = Encoding.Latin1.GetString(withStranger);
        var second = text.LastIndexOf("-> X25519", StringComparison.Ordinal);
        var end = text.IndexOf("---", StringComparison.Ordinal);

        Assert.Equal(CodecFailure.Damaged, FailureOf(Encoding.Latin1.GetBytes(text.Remove(second, end - second))));
    }

    [Theory]
    [InlineData("age-encryption.org/v1\n", "age-encryption.org/v2\n", CodecFailure.Foreign)]
    [InlineData("age-encryption.org/v1\n", "age-encryption.org/v1\r\n", CodecFailure.Foreign)]
    [InlineData("-> X25519", "->  X25519", CodecFailure.Damaged)]
    [InlineData("-> X25519", "> X25519", CodecFailure.Damaged)]
    [InlineData("-> X25519", "-> X25519 ", CodecFailure.Damaged)]
    [InlineData("\n--- ", "\n---", CodecFailure.Damaged)]
    [InlineData("\n--- ", "\n---  ", CodecFailure.Damaged)]
    [InlineData("\n--- ", "=\n--- ", CodecFailure.Damaged)]
    [InlineData("\n--- ", "\n\n--- ", CodecFailure.Damaged)]
    public void Refuses_text_out_of_form(string from, string to, CodecFailure expected)
    {
        var text = Encoding.Latin1.GetString(File(Ours()));
        Assert.Contains(from, text, StringComparison.Ordinal);

        Assert.Equal(
            expected, FailureOf(Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("AA")]
    [InlineData("AAAA")]
    [InlineData("")]
    public void Base64_is_read_in_its_one_form(string text)
        => Assert.Equal(text, AgeBase64.Encode(AgeBase64.Decode(Encoding.ASCII.GetBytes(text))));

    [Theory]
    [InlineData("A")]
    [InlineData("AB")]
    [InlineData("AA==")]
    [InlineData("AA A")]
    [InlineData("AA\n")]
    [InlineData("AA-_")]
    [InlineData("====")]
    public void Base64_in_another_form_is_refused(string text)
        => Assert.Null(AgeBase64.Decode(Encoding.ASCII.GetBytes(text)));

    AgeStanza Ours() => AgeX25519.Wrap(_identity.Recipient, FileKey, SystemEntropy.Instance);

    static byte[] File(params AgeStanza[] stanzas)
    {
        var payload = new byte[AgePayload.LengthFor(5)];
        AgePayload.Encrypt(FileKey, Nonce, "hello"u8, payload);
        return [.. AgeHeader.Write(stanzas, FileKey), .. Nonce, .. payload];
    }

    CodecFailure FailureOf(byte[] file)
        => Assert.Throws<CodecException>(() => AgeFile.Decrypt(file, [_identity])).Failure;
}
