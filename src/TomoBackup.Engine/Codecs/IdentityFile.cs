using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace TomoBackup.Codecs;

/// <summary>
/// The file that a recovery begins with: age secret keys, one a line, and in comments the fingerprints of signing keys
/// that its owner trusts. The age program reads the same file. Zeroes its keys on dispose.
/// </summary>
public sealed class IdentityFile : IDisposable
{
    const string SigningKeyComment = "# tomo-backup signing key:";

    IdentityFile(IReadOnlyList<AgeIdentity> identities, IReadOnlyList<Fingerprint> signingKeys)
    {
        Identities = identities;
        SigningKeys = signingKeys;
    }

    /// <summary>The keys in their order, at least one.</summary>
    public IReadOnlyList<AgeIdentity> Identities { get; }

    /// <summary>Fingerprints of signing keys to trust, one for each cluster; none in a file that age-keygen
    /// wrote.</summary>
    public IReadOnlyList<Fingerprint> SigningKeys { get; }

    /// <summary>Reads the text of an identity file.</summary>
    /// <exception cref="CodecException"><see cref="CodecFailure.Invalid"/> with the line's number, never with what
    /// stands there.</exception>
    public static IdentityFile Parse(ReadOnlySpan<char> text)
    {
        var identities = new List<AgeIdentity>();
        var signingKeys = new List<Fingerprint>();
        var file = new IdentityFile(identities, signingKeys);
        var number = 0;

        foreach (var line in text.EnumerateLines())
        {
            number++;

            if (ReadLine(line.Trim(), identities, signingKeys) is not { } fault)
                continue;

            file.Dispose();
            throw new CodecException(CodecFailure.Invalid, $"line {number} of the identity file is {fault}");
        }

        return identities.Count > 0
            ? file
            : throw new CodecException(CodecFailure.Invalid, "the identity file holds no age secret key");
    }

    /// <summary>The text of an identity file for one key, secret: for a file with mode 0600.</summary>
    public static string Write(AgeIdentity identity, IEnumerable<Fingerprint> signingKeys)
    {
        var text = new StringBuilder();

        foreach (var signingKey in signingKeys)
            text.Append($"{SigningKeyComment} {signingKey}\n");

        return text.Append($"# public key: {identity.Recipient}\n{identity.ExportText()}\n").ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var identity in Identities)
            identity.Dispose();
    }

    // Null, or what the line is instead. A fingerprint that cannot be read is an error although it is a comment: it is
    // what the reader trusts, and must not get lost by a slip of the pen.
    [SuppressMessage("Reliability", "CA2000", Justification = "the list owns it; where parsing fails there is none")]
    static string? ReadLine(ReadOnlySpan<char> line, List<AgeIdentity> identities, List<Fingerprint> signingKeys)
    {
        if (line.StartsWith(SigningKeyComment))
        {
            if (!Fingerprint.TryParse(line[SigningKeyComment.Length..].Trim(), out var fingerprint))
                return "no fingerprint of a signing key (64 lower-case hex digits)";

            signingKeys.Add(fingerprint);
        }
        else if (!line.IsEmpty && line[0] != '#')
        {
            if (!AgeIdentity.TryParse(line, out var identity))
                return "neither a comment nor an age secret key";

            identities.Add(identity);
        }

        return null;
    }
}
