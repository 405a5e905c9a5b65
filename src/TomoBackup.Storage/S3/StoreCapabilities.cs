namespace TomoBackup.Storage.S3;

/// <summary>What a service does with a put that must not replace an object (If-None-Match).</summary>
public enum ConditionalPut
{
    /// <summary>Nobody has looked.</summary>
    Unknown,

    /// <summary>One creator wins, the others are told.</summary>
    Enforced,

    /// <summary>The request is an error.</summary>
    Refused,

    /// <summary>The condition is passed over and the object replaced: the worst of the three.</summary>
    Ignored,
}

/// <summary>How an object is proven after it was stored.</summary>
public enum ReadBack
{
    /// <summary>Length and checksum that the service shows are compared with ours.</summary>
    Checksum,

    /// <summary>As <see cref="Checksum"/>; objects that were joined from parts are read and compared.</summary>
    JoinedBytes,
}

/// <summary>What a service, with this key, can do. Null is unknown.</summary>
public sealed record StoreCapabilities
{
    /// <summary>Whose service it is taken for, for messages: <c>Backblaze B2</c>.</summary>
    public required string Service { get; init; }

    /// <summary>What becomes of a conditional put.</summary>
    public ConditionalPut ConditionalPut { get; init; }

    /// <summary>How objects are proven.</summary>
    public ReadBack ReadBack { get; init; } = ReadBack.JoinedBytes;

    /// <summary>This key can put another object in an object's place.</summary>
    public bool? CanOverwrite { get; init; }

    /// <summary>This key can take an object away, be it by hiding it.</summary>
    public bool? CanDelete { get; init; }

    /// <summary>This key can take a version away for good. A key on a database's host should not.</summary>
    public bool? CanErase { get; init; }

    /// <summary>What was replaced or deleted is kept as an older version.</summary>
    public bool? KeepsVersions { get; init; }

    /// <summary>The bucket can lock objects.</summary>
    public bool? HasObjectLock { get; init; }

    /// <summary>An upload that does not fit its Content-MD5 is refused.</summary>
    public bool? ChecksUploads { get; init; }

    /// <summary>A range of an object comes back as it was stored. One backend of Ceph's answers with the object's
    /// beginning.</summary>
    public bool? ReadsRanges { get; init; }

    /// <summary>A new object is in the next listing.</summary>
    public bool? ListsAtOnce { get; init; }

    /// <summary>The service's clock less ours, to a second.</summary>
    public TimeSpan? ClockDifference { get; init; }

    /// <summary>Of many creators of one key, one wins and all others are told. Without it two that overlap may both
    /// hear that they stored the object, and the later one's stays; then unique keys are what protects objects.
    /// </summary>
    public bool LetsOneCreatorWin => ConditionalPut == ConditionalPut.Enforced;

    /// <summary>What a service is known for, by the host of its endpoint. A probe corrects it.</summary>
    public static StoreCapabilities Of(Uri endpoint)
        => endpoint.DnsSafeHost.ToLowerInvariant().Split('.') switch
        {
            [.., "backblazeb2", "com"] => Backblaze,
            [.., "amazonaws", "com"] or [.., "amazonaws", "com", "cn"] => Amazon,
            _ => Stranger,
        };

    /// <summary>Takes a stranger's service for what its software says it is.</summary>
    internal StoreCapabilities ShownAs(string software)
        => Service != Stranger.Service ? this
            : software.Contains("MinIO", StringComparison.OrdinalIgnoreCase) ? Minio
            : software.Contains("Ceph", StringComparison.OrdinalIgnoreCase) ? Ceph
            : this;

    /// <summary>Backblaze B2: no conditional puts; buckets always keep versions.</summary>
    public static StoreCapabilities Backblaze { get; } = new()
    {
        Service = "Backblaze B2",
        ConditionalPut = ConditionalPut.Refused,
        ReadBack = ReadBack.Checksum,
        KeepsVersions = true,
        ChecksUploads = true,
        ListsAtOnce = true,
    };

    /// <summary>Amazon S3.</summary>
    public static StoreCapabilities Amazon { get; } = new()
    {
        Service = "Amazon S3",
        ConditionalPut = ConditionalPut.Enforced,
        ReadBack = ReadBack.Checksum,
        ChecksUploads = true,
        ListsAtOnce = true,
    };

    /// <summary>MinIO. It runs under anybody's host name; a probe knows it by its software.</summary>
    public static StoreCapabilities Minio { get; } = new()
    {
        Service = "MinIO",
        ConditionalPut = ConditionalPut.Enforced,
        ReadBack = ReadBack.Checksum,
        ChecksUploads = true,
        ListsAtOnce = true,
    };

    /// <summary>Ceph's gateway. One of its backends (dbstore, of 20.2.4) joins parts wrongly under a right checksum,
    /// and passes over conditions.</summary>
    public static StoreCapabilities Ceph { get; } = new()
    {
        Service = "Ceph",
        ConditionalPut = ConditionalPut.Ignored,
        ReadBack = ReadBack.JoinedBytes,
        ChecksUploads = true,
        ListsAtOnce = true,
    };

    /// <summary>A service that nobody knows is trusted with nothing.</summary>
    public static StoreCapabilities Stranger { get; } = new() { Service = "an unknown service" };
}
