namespace TomoBackup.Measurements;

/// <summary>What was seen of something, or why nothing was seen: out of reach is not absent.</summary>
/// <param name="Seen">What was seen; null where nothing was.</param>
/// <param name="Unknown">Why nothing was seen; null where something was.</param>
public sealed record Sighting<T>(T? Seen, Unknown? Unknown)
    where T : class
{
    /// <summary>Something was seen.</summary>
    public static Sighting<T> Of(T seen) => new(seen, null);

    /// <summary>Nothing is there that could be seen.</summary>
    public static Sighting<T> None(string reason, string? remedy = null)
        => new(null, Unknown.NotYet(reason, remedy));

    /// <summary>It did not answer.</summary>
    public static Sighting<T> Failed(TomoBackupException failure)
        => new(null, Unknown.InVain(failure.Message, failure.Hint));
}
