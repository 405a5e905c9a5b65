using System.Diagnostics.CodeAnalysis;

namespace TomoBackup.Storage;

/// <summary>
/// Where a repository lies: <c>file:///backup</c>. The path is taken as it stands, without percent escapes. Messages
/// about an address that is not understood name its scheme only, for the rest may hold a password.
/// </summary>
public sealed record StoreAddress
{
    const string Separator = "://";

    StoreAddress(string path) => Path = path;

    /// <summary>Absolute path of the store's directory, without a slash at its end.</summary>
    public string Path { get; }

    /// <summary>Reads an address, or throws <see cref="FormatException"/> with a sentence on what is wrong.</summary>
    public static StoreAddress Parse(string text)
        => TryParse(text, out var address, out var error) ? address : throw new FormatException(error);

    /// <summary>Reads an address, or says what is wrong with it.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out StoreAddress? address,
        [NotNullWhen(false)] out string? error)
    {
        address = null;
        error = Complaint(text, out var path);

        if (error is null)
            address = new(path);

        return error is null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"file://{Path}";

    static string? Complaint(string text, out string path)
    {
        path = "";

        if (text.IndexOf(Separator, StringComparison.Ordinal) is not (> 0 and var end))
            return text.StartsWith('/')
                ? $"'{text}' is a path, not a store address: write 'file://{text}'"
                : "a store address begins with its scheme, as 'file:///backup' does";

        var scheme = text[..end];

        if (!scheme.Equals("file", StringComparison.OrdinalIgnoreCase))
            return $"stores of scheme '{scheme}' are not built in yet: use 'file:///path'";

        var written = text[(end + Separator.Length)..];

        if (!written.StartsWith('/'))
            return $"store address '{text}' must name an absolute path of this machine: 'file:///path'";

        if (written.AsSpan().ContainsAny("%?#\0"))
            return $"store address '{text}' holds '%', '?' or '#': write the path as it is, without escapes";

        var segments = written.Split('/', StringSplitOptions.RemoveEmptyEntries);

        if (segments.Any(segment => segment is "." or ".."))
            return $"store address '{text}' must not go through '.' or '..'";

        path = '/' + string.Join('/', segments);
        return segments.Length == 0 ? $"store address '{text}' names the root directory: choose a folder" : null;
    }
}
