namespace TomoBackup.Postgres.Server;

/// <summary>A database, and what stands in it that a restore must be able to provide.</summary>
public sealed record DatabaseFacts
{
    /// <summary>Number of its directory below <c>base</c>.</summary>
    public required uint Oid { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Encoding as PostgreSQL names it: <c>UTF8</c>.</summary>
    public required string Encoding { get; init; }

    /// <summary>True for template0, template1 and their like.</summary>
    public required bool IsTemplate { get; init; }

    /// <summary>The database's own collation. Another library version on the restore host breaks text
    /// indexes.</summary>
    public required CollationVersion Collation { get; init; }

    /// <summary>Installed extensions by name; null where the database could not be looked into.</summary>
    public required IReadOnlyList<Extension>? Extensions { get; init; }

    /// <summary>Distinct versions of the collations inside; null where the database could not be looked into.</summary>
    public required IReadOnlyList<CollationVersion>? Collations { get; init; }

    /// <summary>Why the database could not be looked into; null where it was.</summary>
    public required string? Unread { get; init; }
}

/// <summary>An installed extension.</summary>
/// <param name="Name">Name.</param>
/// <param name="Version">Version of its SQL objects, which need not be the library's.</param>
public sealed record Extension(string Name, string Version);

/// <summary>A collation version as recorded at creation and as the operating system has it now.</summary>
/// <param name="Provider"><c>libc</c>, <c>icu</c>, <c>builtin</c>, or the catalog's letter where it is a new
/// one.</param>
/// <param name="Recorded">Version when it was made or last refreshed; null where there is none (C, POSIX).</param>
/// <param name="Actual">Version that the server would use now.</param>
public sealed record CollationVersion(string Provider, string? Recorded, string? Actual)
{
    /// <summary>True where text indexes may be out of order already.</summary>
    public bool IsMismatched => Recorded is not null && Recorded != Actual;
}
