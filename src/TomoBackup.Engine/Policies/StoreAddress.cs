using System.Diagnostics.CodeAnalysis;

namespace TomoBackup.Policies;

/// <summary>Where a repository's bytes lie. This version knows directories: <c>file:///backup</c>.</summary>
public readonly record struct StoreAddress
{
    const string FileScheme = "file://";

    readonly string? _directory;

    StoreAddress(string directory) => _directory = directory;

    /// <summary>The directory, absolute, taken as written (no percent escapes) but for a slash at its end.</summary>
    public string Directory => _directory ?? throw new InvalidOperationException("a store address was never set");

    /// <summary>Reads an address; the fault, where there is one, quotes nothing but the scheme, since the rest may
    /// hold credentials.</summary>
    public static bool TryParse(string text, out StoreAddress address, [NotNullWhen(false)] out string? fault)
    {
        address = default;
        fault = Fault(text);

        if (fault is not null)
            return false;

        address = new StoreAddress(Path.GetFullPath(text[FileScheme.Length..]) is "/" and var root
            ? root
            : Path.TrimEndingDirectorySeparator(Path.GetFullPath(text[FileScheme.Length..])));
        return true;
    }

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => FileScheme + Directory;

    static string? Fault(string text)
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
