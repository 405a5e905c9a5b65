using System.Diagnostics.CodeAnalysis;
using IOPath = System.IO.Path;

namespace TomoBackup.Policies;

/// <summary>Where a repository's bytes lie. This version knows directories: <c>file:///backup</c>.</summary>
public sealed record StoreAddress
{
    const string FileScheme = "file://";

    StoreAddress(string path) => Path = path;

    /// <summary>The directory, absolute, taken as written (no percent escapes) but for a slash at its end.</summary>
    public string Path { get; }

    /// <summary>Reads an address; the error quotes nothing but the scheme, since the rest may hold
    /// credentials.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out StoreAddress? address,
        [NotNullWhen(false)] out string? error)
    {
        error = ErrorIn(text);
        address = error is null
            ? new StoreAddress(IOPath.TrimEndingDirectorySeparator(IOPath.GetFullPath(text[FileScheme.Length..])))
            : null;

        return address is not null;
    }

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => FileScheme + Path;

    static string? ErrorIn(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);

        if (colon < 1)
            return "a store is an address such as file:///backup";

        if (!text.StartsWith("file:", StringComparison.Ordinal))
            return $"'{text[..colon]}' stores are not supported by this version; use file:///path";

        return text.StartsWith("file:///", StringComparison.Ordinal)
            ? null
            : "a file store needs an absolute path behind two slashes: file:///backup";
    }
}
