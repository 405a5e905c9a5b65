namespace TomoBackup.Measurements;

/// <summary>A kind of value that is measured: one entry of the catalogue (<see cref="Measures"/>).</summary>
/// <param name="Name">Stable, in snake case, its unit last where it has one: screens, JSON, metrics and reports know it
/// by this name.</param>
/// <param name="Unit">What its number counts.</param>
/// <param name="Scope">Whether it is measured once for a cluster or in each repository.</param>
/// <param name="Meaning">What it says, for people: lower case, no full stop.</param>
/// <param name="How">Where it comes from: lower case, no full stop.</param>
public sealed record Measure(string Name, MeasureUnit Unit, MeasureScope Scope, string Meaning, string How);

/// <summary>What a measured value is.</summary>
public enum MeasureUnit
{
    /// <summary>A span of time, in seconds.</summary>
    Seconds,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>How many.</summary>
    Count,

    /// <summary>Per hundred.</summary>
    Percent,

    /// <summary>A moment, in UTC.</summary>
    Moment,

    /// <summary>A name or a word.</summary>
    Text,
}

/// <summary>What a measured value belongs to.</summary>
public enum MeasureScope
{
    /// <summary>A cluster.</summary>
    Cluster,

    /// <summary>A cluster in one repository.</summary>
    Repository,
}
