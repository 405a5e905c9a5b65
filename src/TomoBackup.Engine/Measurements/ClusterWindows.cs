namespace TomoBackup.Measurements;

/// <summary>Which moments of a cluster can be brought back: what <c>windows</c> draws.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="At">When it was looked at.</param>
/// <param name="Repositories">In the order of the policy.</param>
sealed record ClusterWindows(string Cluster, DateTimeOffset At, IReadOnlyList<RepositoryWindows> Repositories);

/// <summary>One repository.</summary>
/// <param name="Repository">Its name.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Map">What it can bring back, or why that is not known.</param>
sealed record RepositoryWindows(string Repository, string Address, Sighting<RecoveryMap> Map);
