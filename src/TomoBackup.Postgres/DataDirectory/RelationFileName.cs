using System.Globalization;

namespace TomoBackup.Postgres.DataDirectory;

/// <summary>The parallel files of a relation.</summary>
public enum RelationFork
{
    /// <summary>The data.</summary>
    Main,

    /// <summary>Free space map.</summary>
    FreeSpaceMap,

    /// <summary>Visibility map.</summary>
    VisibilityMap,

    /// <summary>What an unlogged relation is reset to after a crash.</summary>
    Init,
}

/// <summary>
/// A file name in a database directory, <c>&lt;number&gt;[_fsm|_vm|_init][.&lt;segment&gt;]</c>, or of a session's
/// temporary relation, <c>t&lt;backend&gt;_&lt;number&gt;…</c>.
/// </summary>
public readonly record struct RelationFileName(uint Number, RelationFork Fork, int Segment, bool IsTemporary)
{
    /// <summary>Takes a bare file name, by the rules of parse_filename_for_nontemp_relation and its sibling.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out RelationFileName result)
    {
        result = default;

        var isTemporary = name is ['t', ..];

        if (isTemporary && !TrySkipBackend(ref name))
            return false;

        if (!TryTakeNumber(ref name, out var number) || number == 0)
            return false;

        var fork = TakeFork(ref name);
        uint segment = 0;

        if (name is ['.', ..])
        {
            name = name[1..];

            // PostgreSQL writes no ".0": the first segment has no suffix
            if (!TryTakeNumber(ref name, out segment) || segment is 0 or > int.MaxValue)
                return false;
        }

        if (!name.IsEmpty)
            return false;

        result = new RelationFileName(number, fork, (int)segment, isTemporary);
        return true;
    }

    static bool TrySkipBackend(ref ReadOnlySpan<char> name)
    {
        name = name[1..];

        if (!TryTakeNumber(ref name, out _) || name is not ['_', ..])
            return false;

        name = name[1..];
        return true;
    }

    static RelationFork TakeFork(ref ReadOnlySpan<char> name)
    {
        var (fork, length) = name switch
        {
            _ when name.StartsWith("_fsm") => (RelationFork.FreeSpaceMap, 4),
            _ when name.StartsWith("_vm") => (RelationFork.VisibilityMap, 3),
            _ when name.StartsWith("_init") => (RelationFork.Init, 5),
            _ => (RelationFork.Main, 0),
        };

        name = name[length..];
        return fork;
    }

    /// <summary>Decimal digits without a leading zero (PostgreSQL never writes one), within 32 bits.</summary>
    static bool TryTakeNumber(ref ReadOnlySpan<char> name, out uint number)
    {
        var length = name.IndexOfAnyExceptInRange('0', '9');
        var digits = length < 0 ? name : name[..length];
        name = name[digits.Length..];

        number = 0;
        return digits is not ['0', _, ..]
            && uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
