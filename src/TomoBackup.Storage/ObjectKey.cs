namespace TomoBackup.Storage;

/// <summary>
/// The name of an object: segments joined by '/', each of at most 255 letters, digits, '.', '_' and '-', none of them
/// beginning with '.' (such names are a local store's own), 512 characters in all. So a key is a path below any
/// directory and a plain key in any bucket.
/// </summary>
public readonly record struct ObjectKey : IComparable<ObjectKey>
{
    const int MaxLength = 512;
    const int MaxSegmentLength = 255; // NAME_MAX of every file system that we expect

    readonly string? _value;

    /// <summary>Takes a key as text; throws <see cref="ArgumentException"/> where the rule above is broken.</summary>
    public ObjectKey(string value)
        => _value = IsValid(value)
            ? value
            : throw new ArgumentException($"'{value}' is not an object key", nameof(value));

    /// <summary>The key as text.</summary>
    public string Value => _value ?? throw new InvalidOperationException("an object key was never set");

    /// <summary>The part behind the last slash.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>True where the text keeps the rule for keys.</summary>
    public static bool IsValid(string value)
    {
        if (value.Length is 0 or > MaxLength)
            return false;

        foreach (var range in value.AsSpan().Split('/'))
        {
            var segment = value.AsSpan()[range];

            if (segment.Length is 0 or > MaxSegmentLength || segment[0] == '.' || segment.ContainsAnyExcept(Allowed))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(ObjectKey other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator <(ObjectKey left, ObjectKey right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator >(ObjectKey left, ObjectKey right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator <=(ObjectKey left, ObjectKey right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator >=(ObjectKey left, ObjectKey right) => left.CompareTo(right) >= 0;

    static readonly System.Buffers.SearchValues<char> Allowed =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
}
