using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>Binds one of <c>clusters</c>.</summary>
static class ClusterBinder
{
    public static ClusterPolicy Bind(string name, PolicySection cluster, IReadOnlyList<ObjectivePolicy> objectives)
    {
        var promised = cluster.Get(ClusterKeys.Objectives);
        var wal = cluster.Section(ClusterKeys.Wal);

        return new ClusterPolicy
        {
            Name = name,
            Connection = cluster.Get(ClusterKeys.Connection)!,
            DataDirectory = cluster.Get(ClusterKeys.DataDirectory),
            Objectives = objectives.FirstOrDefault(objective => objective.Name == promised),
            Databases = cluster.Get(ClusterKeys.Databases),
            Wal = new WalPolicy
            {
                ArchiveTimeout = wal.Get(ClusterKeys.ArchiveTimeout)!.Value,
                OffsiteWithin = wal.Get(ClusterKeys.OffsiteWithin),
            },
            Full = cluster.Get(ClusterKeys.Full),
            Incremental = cluster.Get(ClusterKeys.Incremental),
            Audit = cluster.Get(ClusterKeys.Audit),
            Dump = cluster.Get(ClusterKeys.Dump),
            Heartbeat = cluster.Get(ClusterKeys.Heartbeat),
        };
    }
}
