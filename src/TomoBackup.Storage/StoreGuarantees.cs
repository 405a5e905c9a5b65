namespace TomoBackup.Storage;

/// <summary>
/// What a remote store can promise, since it can promise no more than the place that it writes to. A local store keeps
/// all of it.
/// </summary>
public sealed record StoreGuarantees
{
    /// <summary>Nothing is weaker than in a directory.</summary>
    public static StoreGuarantees All { get; } = new() { OneCreatorWins = true, AppearsWhole = true, IsDurable = true };

    /// <summary>Of several processes that commit one key at the same moment, one alone is told
    /// <see cref="CommitOutcome.Stored"/>. Without it, two may be told so, and the later object stands: writers of one
    /// store object still never replace anything, nor does a writer that comes a moment later. So keys that two hosts
    /// may write must differ, or their content be the same.</summary>
    public required bool OneCreatorWins { get; init; }

    /// <summary>Nobody ever sees part of an object. Without it, one whose upload was cut off may stand under its key
    /// until somebody removes it.</summary>
    public required bool AppearsWhole { get; init; }

    /// <summary>A commit returns when the other side has said that object and name survive a power cut there. Without
    /// it, the last half minute may be lost with that machine's memory.</summary>
    public required bool IsDurable { get; init; }
}
