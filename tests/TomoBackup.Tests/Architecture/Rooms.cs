namespace TomoBackup.Tests.Architecture;

/// <summary>
/// The table of rooms, which ARCHITECTURE.md shows to people. What stands directly in namespace TomoBackup (error
/// codes, the exception) is open to all and looks into nothing.
/// </summary>
static class Rooms
{
    public const string Namespace = "TomoBackup";
    public const string Folder = "src/TomoBackup.Engine";

    static readonly string[] Below = ["Repositories", "Transfer", "Codecs", "Policies"];
    static readonly string[] BothWalls = ["Postgres", "Storage"];
    static readonly string[] StorageOnly = ["Storage"];

    public static IReadOnlyList<Room> Table { get; } =
    [
        // The only door, and the only room that sees all. Progress is the one thing that goes the other way: every verb
        // reports it, and a type of its own in each room would have to be translated in this one.
        new("Operations",
            [.. Below, "Backups", "Archiving", "Restores", "Setup", "Verification", "Retention", "Following",
                "Measurements"],
            BothWalls)
        {
            Seams = ["OperationProgress"],
        },

        // The verbs: siblings that meet only in the repository.
        new("Backups", Below, BothWalls),
        new("Archiving", Below, BothWalls),
        new("Restores", Below, BothWalls),

        // Set-up tries archiving from end to end; verification restores.
        new("Setup", [.. Below, "Archiving"], BothWalls),
        new("Verification", [.. Below, "Restores"], BothWalls),

        // Deletes, and so reads nothing but the repository and the policy.
        new("Retention", Below, BothWalls),

        // Copies what the follower's own retention would keep, and asks nobody else what that is.
        new("Following", [.. Below, "Retention"], BothWalls),

        // What is known of a cluster, and what that means for its policy: no screen, and no verb.
        new("Measurements", ["Repositories", "Codecs", "Policies"], BothWalls),

        new("Repositories", ["Transfer", "Codecs"], BothWalls),

        // Pure: of the walls they know the seams only (IEntropy, IFileSystem, the address of a store).
        new("Transfer", [], StorageOnly),
        new("Codecs", [], StorageOnly),
        new("Policies", [], StorageOnly),
    ];

    /// <summary>The room of a file of the engine; empty for what stands at its root.</summary>
    public static string Of(CSharpFile file)
        => file.Folder.Length > Folder.Length ? file.Folder[(Folder.Length + 1)..].Split('/')[0] : "";
}
