using System.Security.Cryptography;
using System.Text;

namespace TomoBackup.Codecs;

/// <summary>One way to the file key.</summary>
sealed record AgeStanza(string Type, IReadOnlyList<string> Arguments, byte[] Body);

/// <summary>
/// The text before an age file's payload: stanzas, each a way to the file key, and a MAC under that key over them all.
/// Grammar: age-encryption.org/v1, "ABNF definition of file format".
/// </summary>
sealed class AgeHeader
{
    public const int FileKeyLength = 16;

    const string VersionLine = "age-encryption.org/v1";
    const string StanzaStart = "->";
    const string End = "---";
    const int LineLength = 64;

    readonly byte[] _mac;
    readonly byte[] _covered;

    AgeHeader(IReadOnlyList<AgeStanza> stanzas, byte[] covered, byte[] mac, int length)
    {
        Stanzas = stanzas;
        Length = length;
        _covered = covered;
        _mac = mac;
    }

    public IReadOnlyList<AgeStanza> Stanzas { get; }

    /// <summary>Bytes up to the payload.</summary>
    public int Length { get; }

    public static byte[] Write(IEnumerable<AgeStanza> stanzas, ReadOnlySpan<byte> fileKey)
    {
        var text = new StringBuilder(VersionLine).Append('\n');

        foreach (var stanza in stanzas)
        {
            text.AppendJoin(' ', [StanzaStart, stanza.Type, .. stanza.Arguments]).Append('\n');
            var body = AgeBase64.Encode(stanza.Body);

            // The last line is shorter than a full one, if need be empty: so a reader sees the end.
            for (var at = 0; at <= body.Length; at += LineLength)
                text.Append(body.AsSpan(at, Math.Min(LineLength, body.Length - at))).Append('\n');
        }

        text.Append(End);
        var mac = Mac(fileKey, Encoding.ASCII.GetBytes(text.ToString()));
        return Encoding.ASCII.GetBytes(text.Append(' ').Append(AgeBase64.Encode(mac)).Append('\n').ToString());
    }

    public static AgeHeader Parse(ReadOnlySpan<byte> file)
    {
        var at = 0;

        if (!ReadLine(file, ref at).SequenceEqual(Encoding.ASCII.GetBytes(VersionLine)))
            throw new CodecException(CodecFailure.Foreign, "the file is not an age file of version 1");

        var stanzas = new List<AgeStanza>();

        while (true)
        {
            var start = at;
            var words = Encoding.Latin1.GetString(ReadLine(file, ref at)).Split(' ');

            if (words is [StanzaStart, var type, .. var arguments] && words.All(IsWord))
                stanzas.Add(new AgeStanza(type, arguments, ReadBody(file, ref at)));
            else if (words is [End, var text] && stanzas.Count > 0)
                return new AgeHeader(stanzas, file[..(start + End.Length)].ToArray(), ParseMac(text), at);
            else
                throw Malformed();
        }
    }

    /// <summary>Compares the MAC in constant time: with a wrong file key, or a stanza that was added, changed or taken
    /// away, it does not match.</summary>
    public void Verify(ReadOnlySpan<byte> fileKey)
    {
        if (!CryptographicOperations.FixedTimeEquals(Mac(fileKey, _covered), _mac))
            throw new CodecException(CodecFailure.Damaged, "the age file's header was changed: its MAC does not match");
    }

    static byte[] ReadBody(ReadOnlySpan<byte> file, ref int at)
    {
        var body = new List<byte>();

        while (true)
        {
            var line = ReadLine(file, ref at);

            if (line.Length > LineLength)
                throw Malformed();

            body.AddRange(AgeBase64.Decode(line) ?? throw Malformed());

            if (line.Length < LineLength)
                return [.. body];
        }
    }

    static ReadOnlySpan<byte> ReadLine(ReadOnlySpan<byte> file, ref int at)
    {
        var length = file[at..].IndexOf((byte)'\n');

        if (length < 0)
            throw new CodecException(CodecFailure.Damaged, "the header of the age file is cut off");

        var line = file.Slice(at, length);
        at += length + 1;
        return line;
    }

    static byte[] ParseMac(string text)
    {
        var mac = new byte[HMACSHA256.HashSizeInBytes];
        return AgeBase64.TryDecode(text, mac) ? mac : throw Malformed();
    }

    static byte[] Mac(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> covered)
    {
        using var key = new SecretBytes(HMACSHA256.HashSizeInBytes);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key.Span, salt: [], info: "header"u8);
        return HMACSHA256.HashData(key.Span, covered);
    }

    static bool IsWord(string word) => word.Length > 0 && !word.AsSpan().ContainsAnyExceptInRange('!', '~');

    static CodecException Malformed() => new(CodecFailure.Damaged, "the header of the age file is malformed");
}
