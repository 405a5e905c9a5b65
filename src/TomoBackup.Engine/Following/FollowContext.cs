using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Repositories;

namespace TomoBackup.Following;

/// <summary>What following works with: all of the outside world that it touches.</summary>
sealed record FollowContext
{
    /// <summary>Where the host writes.</summary>
    public required Repository Source { get; init; }

    /// <summary>The one that follows.</summary>
    public required Repository Target { get; init; }

    public required Lineage Lineage { get; init; }

    /// <summary>For histories only: without keys everything is copied.</summary>
    public required KeyRing Keys { get; init; }

    public required HostState State { get; init; }

    /// <summary>Whose rules for the target say what it would keep.</summary>
    public required RetentionPolicy Retention { get; init; }

    public required TimeProvider Time { get; init; }

    public required IProgress<OperationProgress> Progress { get; init; }
}
