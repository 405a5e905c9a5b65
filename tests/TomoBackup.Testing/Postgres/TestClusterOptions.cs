namespace TomoBackup.Testing.Postgres;

/// <summary>How a test's cluster is made.</summary>
public sealed record TestClusterOptions
{
    public int Major { get; init; } = 18;

    public bool Checksums { get; init; } = true;

    /// <summary>Megabytes of a WAL segment: a power of two from 1 to 1024. One makes switches cheap.</summary>
    public int SegmentMegabytes { get; init; } = 16;

    /// <summary>More for initdb, such as --allow-group-access.</summary>
    public IReadOnlyList<string> InitdbArguments { get; init; } = [];

    /// <summary>Written into postgresql.conf, over the harness's own.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
