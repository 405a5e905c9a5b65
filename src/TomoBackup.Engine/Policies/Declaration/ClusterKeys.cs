namespace TomoBackup.Policies.Declaration;

/// <summary>The keys of each of <c>clusters</c>.</summary>
static class ClusterKeys
{
    public static readonly PolicyKey<ConnectionSettings> Connection = new(
        "connection",
        "How to reach the server, in libpq's words and without a password (use passfile=FILE).",
        PolicyValues.Connection)
    {
        IsRequired = true,
    };

    public static readonly PolicyKey<string> DataDirectory = new(
        "data_directory",
        "The data directory; a restore in place needs it, because a stopped server cannot be asked.",
        PolicyValues.AbsolutePath)
    {
        WhenAbsent = "the server is asked",
    };

    public static readonly PolicyKey<string> Objectives = new(
        "objectives", "The entry of 'objectives' that is promised for this cluster.", PolicyValues.Text)
    {
        WhenAbsent = "nothing is promised",
    };

    public static readonly ListKey<string> Databases = new(
        "databases",
        "The databases that matter here. A physical backup holds all; 'policy check' tells of forgotten ones.",
        new ListShape<string>(PolicyValues.Text))
    {
        WhenAbsent = "all of the server",
    };

    public static readonly PolicyKey<Duration?> ArchiveTimeout = new(
        "archive_timeout",
        "After how long PostgreSQL closes a WAL segment that is not full, so that it can be archived.",
        PolicyValues.Duration)
    {
        Default = $"{new WalPolicy().ArchiveTimeout}",
    };

    public static readonly PolicyKey<Duration?> OffsiteWithin = new(
        "offsite_within",
        "How soon a segment must have reached the repositories that follow another.",
        PolicyValues.Duration)
    {
        WhenAbsent = "nothing is promised",
    };

    public static readonly SectionShape WalShape = new(ArchiveTimeout, OffsiteWithin);

    public static readonly PolicyKey Wal = new("wal", "How WAL leaves the server.", WalShape);

    public static readonly PolicyKey<Schedule> Full = new(
        "full", "When a full backup begins a new generation.", PolicyValues.Cron)
    {
        WhenAbsent = "no schedule",
    };

    public static readonly PolicyKey<Schedule> Incremental = new(
        "incremental", "When an incremental backup is taken.", PolicyValues.Cron)
    {
        WhenAbsent = "never",
    };

    public static readonly PolicyKey<Schedule> Audit = new(
        "audit",
        "When the incremental backup that is due next is compared with the cluster, page by page, before it counts. "
            + "It reads the whole cluster and the whole backup.",
        PolicyValues.Cron)
    {
        WhenAbsent = "never",
    };

    public static readonly PolicyKey<Schedule> Dump = new(
        "dump", "When the databases are dumped.", PolicyValues.Cron)
    {
        WhenAbsent = "never",
        NotYet = "logical dumps are not taken",
    };

    public static readonly PolicyKey<Duration?> Heartbeat = new(
        "heartbeat",
        "How often a mark is written into the database, so that an idle server can be told from a lagging one.",
        PolicyValues.Duration)
    {
        WhenAbsent = "never",
        NotYet = "no mark is written",
    };

    public static readonly SectionShape Shape = new(
        Connection, DataDirectory, Objectives, Databases, Wal, Full, Incremental, Audit, Dump, Heartbeat);
}
