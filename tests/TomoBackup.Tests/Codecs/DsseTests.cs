using System.Security.Cryptography;
using System.Text;
using TomoBackup.Codecs;

namespace TomoBackup.Tests.Codecs;

public sealed class DsseTests : IDisposable
{
    static readonly byte[] Payload = """{"verb":"backup","note":"ä>>>???"}"""u8.ToArray();

    readonly SigningKey _key = SigningKey.Generate();
    readonly SigningKey _other = SigningKey.Generate();

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Gives_back_what_was_signed()
        => Assert.Equal(Payload, Dsse.Open(Signed(), DocumentType.Lease, _key.Public));

    [Fact]
    public void Looks_as_the_page_says()
    {
        var text = Encoding.UTF8.GetString(Signed());

        Assert.StartsWith(
            $"{{\"payloadType\":\"application/vnd.tomo-backup.lease.v1+json\","
            + $"\"payload\":\"{Convert.ToBase64String(Payload)}\","
            + $"\"signatures\":[{{\"keyid\":\"{_key.Fingerprint}\",\"sig\":\"",
            text,
            StringComparison.Ordinal);
        Assert.EndsWith("\"}]}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_encoding_that_is_signed_is_the_one_of_the_protocol()
        => Assert.Equal(
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world"u8,
            Dsse.PreAuthentication("http://example.com/HelloWorld", "hello world"u8));

    [Fact]
    public void A_document_of_one_type_is_none_of_another()
    {
        Assert.Equal(CodecFailure.Foreign, FailureOf(Signed(), DocumentType.Intent));

        var renamed = Text().Replace("lease", "intent", StringComparison.Ordinal);
        Assert.Equal(CodecFailure.Damaged, FailureOf(Encoding.UTF8.GetBytes(renamed), DocumentType.Intent));
    }

    [Fact]
    public void A_stranger_is_told_apart_from_damage()
    {
        Assert.Equal(CodecFailure.WrongKey, FailureOf(Dsse.Sign(DocumentType.Lease, Payload, _other)));

        var disguised = Encoding.UTF8.GetString(Dsse.Sign(DocumentType.Lease, Payload, _other))
            .Replace($"{_other.Fingerprint}", $"{_key.Fingerprint}", StringComparison.Ordinal);
        Assert.Equal(CodecFailure.Damaged, FailureOf(Encoding.UTF8.GetBytes(disguised)));
    }

    [Fact]
    public void One_good_signature_of_several_is_enough()
    {
        var ours = SignatureOf(Text());
        var theirs = SignatureOf(Encoding.UTF8.GetString(Dsse.Sign(DocumentType.Lease, Payload, _other)));
        var both = Text().Replace(ours, $"{theirs},{SignatureOf(Text())},{ours}", StringComparison.Ordinal);

        Assert.Equal(Payload, Dsse.Open(Encoding.UTF8.GetBytes(both), DocumentType.Lease, _key.Public));
        Assert.Equal(
            CodecFailure.WrongKey,
            FailureOf(Encoding.UTF8.GetBytes(Text().Replace(ours, "", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("{\"payloadType\"", "{\"more\":1,\"payloadType\"", CodecFailure.Foreign)]
    [InlineData("{\"payloadType\"", "{\"payload\":\"\",\"payloadType\"", CodecFailure.Foreign)]
    [InlineData("\"keyid\"", "\"more\":\"\",\"keyid\"", CodecFailure.Foreign)]
    [InlineData("\"keyid\"", "\"sig\":\"\",\"keyid\"", CodecFailure.Foreign)]
    [InlineData("\"payload\":\"", "\"payload\":\"!", CodecFailure.Damaged)]
    [InlineData("\"payload\":\"", "\"payload\":1,\"x\":\"", CodecFailure.Damaged)]
    [InlineData("\"signatures\":[", "\"signatures\":[[],", CodecFailure.Damaged)]
    [InlineData("\"signatures\":[", "\"signatures\":[{},", CodecFailure.Damaged)]
    [InlineData("\"signatures\":[", "\"signatures\":{},\"x\":[", CodecFailure.Damaged)]
    [InlineData("]}", "]}x", CodecFailure.Damaged)]
    [InlineData("]}", "],}", CodecFailure.Damaged)]
    [InlineData("]}", "]}{}", CodecFailure.Damaged)]
    [InlineData("{\"payloadType\"", "[{\"payloadType\"", CodecFailure.Damaged)]
    public void Is_read_strictly(string from, string to, CodecFailure expected)
    {
        Assert.Contains(from, Text(), StringComparison.Ordinal);

        Assert.Equal(
            expected, FailureOf(Encoding.UTF8.GetBytes(Text().Replace(from, to, StringComparison.Ordinal))));
    }

    [Fact]
    public void Refuses_every_truncation_and_never_gives_out_other_bytes_than_were_signed()
    {
        var envelope = Signed();

        for (var length = 0; length < envelope.Length; length++)
            Assert.IsType<CodecException>(
                Record.Exception(() => Dsse.Open(envelope.AsSpan(0, length), DocumentType.Lease, _key.Public)));

        for (var i = 0; i < envelope.Length; i++)
        {
            var flipped = envelope.ToArray();
            flipped[i] ^= (byte)(1 << (i % 8));
            var refusal = Record.Exception(
                () => Assert.Equal(Payload, Dsse.Open(flipped, DocumentType.Lease, _key.Public)));
            Assert.True(refusal is null or CodecException, $"byte {i}: {refusal}");
        }
    }

    [Fact]
    public void The_signer_can_be_looked_up_before_it_is_trusted()
        => Assert.Equal(Payload, Dsse.ReadUnverified(Signed(), DocumentType.Lease));

    [Fact]
    public void OpenSSL_accepts_our_signature()
    {
        using var openssl = new OtherProgram("openssl");
        var text = Text();
        var signature = Convert.FromBase64String(text[(text.IndexOf("\"sig\":\"", StringComparison.Ordinal) + 7)..^4]);
        var signed = Dsse.PreAuthentication("application/vnd.tomo-backup.lease.v1+json", Payload);
        var publicKey = PemEncoding.WriteString("PUBLIC KEY", _key.Public.Spki.Span);

        var answer = openssl.Run(
            signed,
            "dgst",
            "-sha256",
            "-verify",
            openssl.Write("key.pem", Encoding.ASCII.GetBytes(publicKey)),
            "-signature",
            openssl.Write("signature", signature));

        Assert.Equal("Verified OK\n", Encoding.ASCII.GetString(answer));
    }

    byte[] Signed() => Dsse.Sign(DocumentType.Lease, Payload, _key);

    string Text() => _text ??= Encoding.UTF8.GetString(Signed());

    string? _text;

    static string SignatureOf(string envelope)
    {
        var start = envelope.IndexOf('[', StringComparison.Ordinal) + 1;
        return envelope[start..envelope.IndexOf(']', StringComparison.Ordinal)];
    }

    CodecFailure FailureOf(byte[] envelope, DocumentType type = DocumentType.Lease)
        => Assert.Throws<CodecException>(() => Dsse.Open(envelope, type, _key.Public)).Failure;
}
