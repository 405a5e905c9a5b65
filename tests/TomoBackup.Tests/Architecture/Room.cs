namespace TomoBackup.Tests.Architecture;

/// <summary>A folder of the engine, and where its code may look.</summary>
/// <param name="Name">The folder, which is also the last part of the namespace.</param>
/// <param name="Into">Other rooms that it may name.</param>
/// <param name="Walls">Projects below the engine that it may name.</param>
sealed record Room(string Name, IReadOnlyList<string> Into, IReadOnlyList<string> Walls)
{
    /// <summary>What any room may name of this one, although the table does not open it.</summary>
    public IReadOnlyList<string> Seams { get; init; } = [];
}
