using System.Text;

namespace TomoBackup.Testing.Canaries;

/// <summary>A secret of a test that is looked for wherever it may not be: as it is, in base64 at any offset, in hex.
/// </summary>
public sealed class Canary
{
    const int BitsOfLetter = 6; // base64

    readonly List<byte[]> _forms;

    /// <param name="name">What it is, for messages.</param>
    /// <param name="secret">Long enough not to be met by chance.</param>
    public Canary(string name, byte[] secret)
    {
        Name = name;
        var hex = Convert.ToHexString(secret);
        _forms =
        [
            secret, Encoding.ASCII.GetBytes(hex), Encoding.ASCII.GetBytes(hex.ToLowerInvariant()),
            .. Enumerable.Range(0, 3).Select(offset => InBase64(secret, offset)),
        ];
    }

    public Canary(string name, string secret)
        : this(name, Encoding.UTF8.GetBytes(secret))
    {
    }

    public string Name { get; }

    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in _forms)
            if (bytes.IndexOf(form) >= 0)
                return true;

        return false;
    }

    public bool IsIn(string text) => IsIn(Encoding.UTF8.GetBytes(text));

    public override string ToString() => Name;

    // The letters that the secret alone decides, whatever stands around it.
    static byte[] InBase64(byte[] secret, int offset)
    {
        var text = Convert.ToBase64String([.. new byte[offset], .. secret]);
        var first = (offset * 8 + BitsOfLetter - 1) / BitsOfLetter;
        return Encoding.ASCII.GetBytes(text[first..((offset + secret.Length) * 8 / BitsOfLetter)]);
    }
}
