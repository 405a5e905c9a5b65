namespace TomoBackup.Policies;

/// <summary>Who stands for the policy, and when it is looked at again.</summary>
public sealed record PolicyHeader
{
    /// <summary>What the document is called.</summary>
    public string Title { get; init; } = "Backup and Recovery Policy";

    /// <summary>Who answers for it.</summary>
    public string? Owner { get; init; }

    /// <summary>Since when it holds.</summary>
    public DateOnly? Effective { get; init; }

    /// <summary>When it was last reviewed.</summary>
    public DateOnly? LastReview { get; init; }

    /// <summary>By when it must be reviewed again.</summary>
    public DateOnly? NextReview { get; init; }
}

/// <summary>What is promised to those who use a cluster.</summary>
/// <param name="Name">Its name in the policy.</param>
/// <param name="Rto">At most this long from the declaration of an incident to service restored.</param>
/// <param name="Rpo">At most this much of the latest work is lost.</param>
public sealed record ObjectivePolicy(string Name, Duration Rto, Duration Rpo);

/// <summary>How WAL leaves the server.</summary>
public sealed record WalPolicy
{
    /// <summary>After how long PostgreSQL closes a segment that is not full (<c>archive_timeout</c>).</summary>
    public Duration ArchiveTimeout { get; init; } = new(5, DurationUnit.Minutes);

    /// <summary>How soon a segment must have reached the repositories that follow another; null where nothing is
    /// promised.</summary>
    public Duration? OffsiteWithin { get; init; }
}

/// <summary>What is said of the file system under a repository.</summary>
public sealed record VolumePolicy
{
    /// <summary>True where it must lie on LUKS; false where the policy says that it does not; null where it says
    /// nothing.</summary>
    public bool? Luks { get; init; }

    /// <summary>True where it must be another file system than the data directory's.</summary>
    public bool Separate { get; init; }

    /// <summary>Use above which somebody is told, in percent.</summary>
    public int? AlertAbove { get; init; }
}

/// <summary>What the rules of a bucket delete by age, as the policy declares it; null for never.</summary>
public sealed record LifecyclePolicy
{
    /// <summary>Below <c>wal/</c>.</summary>
    public Duration? Wal { get; init; }

    /// <summary>Below <c>backup/</c>.</summary>
    public Duration? Backup { get; init; }

    /// <summary>Below <c>dump/</c>.</summary>
    public Duration? Dump { get; init; }

    /// <summary>Below any other prefix, an empty one included: a rule that destroys (<c>policy check</c>).</summary>
    public IReadOnlyDictionary<string, Duration> Others { get; init; } = new Dictionary<string, Duration>();
}

/// <summary>Where a secret is read: exactly one of the three.</summary>
/// <param name="File">A file of mode 0600.</param>
/// <param name="Credential">The name of a systemd credential.</param>
/// <param name="Command">A command whose first line of output it is.</param>
public sealed record SecretReference(string? File, string? Credential, string? Command)
{
    /// <summary>The secret itself, where it was handed over otherwise than by a policy.</summary>
    internal string? Given { get; init; }

    /// <inheritdoc/>
    public override string ToString() => File ?? Credential ?? "***";
}

/// <summary>Something beside the database whose state is kept.</summary>
public sealed record ConfigurationPolicy
{
    /// <summary>Its name in the policy.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required ConfigurationKind Kind { get; init; }

    /// <summary>Its address; null for files.</summary>
    public Uri? Address { get; init; }

    /// <summary>The folders and files, absolute; empty for services.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>What opens it.</summary>
    public SecretReference? Token { get; init; }

    /// <summary>How often it is kept.</summary>
    public required Rhythm Rhythm { get; init; }
}

/// <summary>What a <see cref="ConfigurationPolicy"/> speaks of.</summary>
public enum ConfigurationKind
{
    /// <summary>Folders and files of this host.</summary>
    Files,

    /// <summary>Repositories of a Forgejo.</summary>
    Forgejo,

    /// <summary>An Authentik.</summary>
    Authentik,

    /// <summary>Dashboards and alert rules of a Grafana.</summary>
    Grafana,

    /// <summary>Data of a Prometheus.</summary>
    Prometheus,

    /// <summary>Pipelines and settings of a Woodpecker.</summary>
    Woodpecker,
}

/// <summary>How recovery is tried.</summary>
public sealed record TestPolicy
{
    /// <summary>Restores into a sandbox; null for none.</summary>
    public RestoreTestPolicy? Restore { get; init; }

    /// <summary>The recovery from one repository alone; null for none.</summary>
    public DrillPolicy? Drill { get; init; }
}

/// <summary>A restore into a sandbox.</summary>
public sealed record RestoreTestPolicy
{
    /// <summary>When.</summary>
    public required Rhythm Rhythm { get; init; }

    /// <summary>Which backups: <c>latest</c>, <c>random</c>, <c>oldest</c>.</summary>
    public IReadOnlyList<string> Choose { get; init; } = ["latest"];

    /// <summary>From where; null for the policy's first repository.</summary>
    public string? Repository { get; init; }

    /// <summary>What is asked of the restored cluster.</summary>
    public IReadOnlyList<TestQuery> Queries { get; init; } = [];
}

/// <summary>A question to a restored cluster.</summary>
/// <param name="Database">Where it is asked.</param>
/// <param name="Sql">The question; answers one value.</param>
/// <param name="Expect">What the value must be: <c>&gt;= 1</c>, <c>= 17</c>, or the text itself.</param>
public sealed record TestQuery(string Database, string Sql, string Expect);

/// <summary>The full recovery from one repository alone.</summary>
/// <param name="Rhythm">How often.</param>
/// <param name="Repository">From where.</param>
public sealed record DrillPolicy(Rhythm Rhythm, string Repository);

/// <summary>Who is told.</summary>
public sealed record AlertPolicy
{
    /// <summary>Recipients of mail.</summary>
    public IReadOnlyList<string> MailTo { get; init; } = [];

    /// <summary>The server that takes the mail.</summary>
    public Uri? Smtp { get; init; }

    /// <summary>Addresses that are called.</summary>
    public IReadOnlyList<WebhookPolicy> Webhooks { get; init; } = [];

    /// <summary>Somebody is told when the newest archived WAL is older than this while the server writes; null where
    /// nobody is.</summary>
    public Duration? WalOlderThan { get; init; }

    /// <summary>Somebody is told when a backup is smaller than this part of the one before, in percent; null where
    /// nobody is.</summary>
    public int? BackupBelow { get; init; }
}

/// <summary>An address that is called.</summary>
/// <param name="Url">Where.</param>
/// <param name="Secret">What signs the call; null for none.</param>
public sealed record WebhookPolicy(Uri Url, SecretReference? Secret);

/// <summary>For whom the evidence is gathered.</summary>
/// <param name="Framework">Only <c>soc2</c> so far.</param>
public sealed record CompliancePolicy(string Framework);
