using TomoBackup.Codecs;
using TomoBackup.Measurements;
using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Measurements;

/// <summary>Facts of a cluster that nobody has to start: all is well at noon, and a test changes what it is
/// about.</summary>
static class Scene
{
    public static DateTimeOffset Noon { get; } = new(2026, 3, 11, 12, 0, 12, TimeSpan.Zero);

    const long GiB = 1L << 30;
    const int SegmentBytes = 16 << 20;

    static readonly LineageId Lineage = LineageId.Parse("000102030405060708090a0b0c0d0e0f");
    static readonly EpochId Epoch = EpochId.Parse("000102030405060708090a0b0c0d0e0f");

    /// <summary>As the policy of tomo has it, as far as a cluster is concerned.</summary>
    public static BackupPolicy Policy { get; } = MakePolicy();

    /// <summary>With all that tomo promises besides.</summary>
    public static BackupPolicy FullPolicy { get; } = Policy with
    {
        Clusters =
        [
            Policy.Clusters[0] with
            {
                Dump = At("0 3 * * 0"),
                Heartbeat = new Duration(1, DurationUnit.Minutes),
            },
        ],
        Repositories =
        [
            Policy.Repositories[0] with { Volume = Policy.Repositories[0].Volume! with { Luks = true } },
            Policy.Repositories[1],
        ],
        Configuration =
        [
            new ConfigurationPolicy
            {
                Name = "forge", Kind = ConfigurationKind.Forgejo,
                Rhythm = new Rhythm(null, new Duration(1, DurationUnit.Hours)),
            },
            new ConfigurationPolicy
            {
                Name = "tls", Kind = ConfigurationKind.Files, Rhythm = new Rhythm(At("0 5 * * *"), null),
            },
        ],
        Tests = new TestPolicy
        {
            Restore = new RestoreTestPolicy { Rhythm = new Rhythm(At("0 4 * * 3"), null), Repository = "local" },
            Drill = new DrillPolicy(new Rhythm(null, new Duration(12, DurationUnit.Months)), "offsite"),
        },
        Alerts = new AlertPolicy { MailTo = ["security@example.org"] },
        Compliance = new CompliancePolicy("soc2"),
    };

    /// <summary>A policy that promises nothing but what every set-up promises.</summary>
    public static BackupPolicy Bare { get; } = new()
    {
        Clusters = [new ClusterPolicy { Name = "main", Connection = ConnectionSettings.None }],
        Repositories = [Place("local")],
    };

    /// <summary>Every promise that this version can measure, and it is kept.</summary>
    public static ClusterFacts AllWell() => new()
    {
        Now = Noon,
        Policy = Policy,
        Cluster = Policy.Clusters[0],
        Server = Sighting<ServerFacts>.Of(Server()),
        Archiver = Sighting<ArchiverFacts>.Of(new ArchiverFacts(Archived(), Position(0x40, 0x1200), 1)),
        Queue = Sighting<ArchiveQueue>.Of(new ArchiveQueue(0, null, null, null)),
        Drift = Sighting<IReadOnlyList<string>>.Of([]),
        Repositories = [.. Policy.Repositories.Select(place => Repository(place, Contents()))],
        Host = new HostFacts
        {
            IsSealed = false,
            Verified =
            [
                .. Policy.Repositories.SelectMany(place => new[]
                {
                    new VerifyRun(place.Name, Noon.AddDays(-1), IsDeep: false, Damage: 0),
                    new VerifyRun(place.Name, Noon.AddDays(-5), IsDeep: true, Damage: 0),
                }),
            ],
            Restored = new RestoreRun(Noon.AddDays(-9), TimeSpan.FromMinutes(34), 11 * GiB),
            KeysTried = Noon.AddDays(-9),
        },
    };

    /// <summary>Before init: the server runs, and nothing else is there.</summary>
    public static ClusterFacts Fresh() => AllWell() with
    {
        Policy = FullPolicy,
        Cluster = FullPolicy.Clusters[0],
        Server = Sighting<ServerFacts>.Of(
            Server() with { Wal = Server().Wal with { ArchiveMode = "off", ArchiveTimeout = TimeSpan.Zero } }),
        Archiver = Sighting<ArchiverFacts>.Of(new ArchiverFacts(
            new ArchiverStatus(0, null, null, 0, null, null, null), Position(1, 0x100), 1)),
        Drift = Sighting<IReadOnlyList<string>>.Of(
            ["ALTER SYSTEM SET archive_mode = 'on'", "GRANT pg_monitor TO tomo"]),
        Repositories =
        [
            .. Policy.Repositories.Select(place => Repository(place, Sighting<RepositoryContents>.Failed(
                TomoBackupException.Create(
                    ErrorCode.RepositoryMissing,
                    $"'{place.Store}' holds no repository: there is no 'repository.json'",
                    hint: "Run 'tomo-backup init' to make one there, or correct the address in the policy.")))),
        ],
        Host = new HostFacts { IsSealed = false },
    };

    /// <summary>What a night with a broken archive_command and a full disk looks like.</summary>
    public static ClusterFacts SeveralMissed()
    {
        var well = AllWell();
        var late = Contents().Seen! with
        {
            Map = LineFrom(Noon.AddDays(-30), Noon.AddHours(-3)),
            Last = Segment(0x2c, Noon.AddHours(-3)),
            Backups =
            [
                .. Contents().Seen!.Backups.Where(b => b.Started < Noon.AddHours(-34)),
                Backup(Noon.AddHours(-9), isFull: true, 5 * GiB),
                Backup(Noon.AddHours(-4), isFull: false, 5 * GiB, isGood: false),
            ],
        };

        return well with
        {
            Policy = FullPolicy,
            Cluster = FullPolicy.Clusters[0],
            Archiver = Sighting<ArchiverFacts>.Of(new ArchiverFacts(
                Archived() with
                {
                    LastArchivedAt = Noon.AddHours(-3),
                    FailedCount = 181,
                    LastFailedFile = "00000001000000000000002D",
                    LastFailedAt = Noon.AddSeconds(-20),
                },
                Position(0x40, 0x1200), 1)),
            Queue = Sighting<ArchiveQueue>.Of(
                new ArchiveQueue(19, "00000001000000000000002D", Noon.AddHours(-3), null)),
            Repositories =
            [
                Repository(Policy.Repositories[0], Sighting<RepositoryContents>.Of(late)) with
                {
                    Space = Sighting<SpaceFacts>.Of(new SpaceFacts(183 * GiB, 17 * GiB)),
                    IsSeparate = false,
                },
                well.Repositories[1] with { Contents = Sighting<RepositoryContents>.Of(late) },
            ],
            Host = well.Host with
            {
                Verified =
                [
                    new VerifyRun("local", Noon.AddDays(-11), IsDeep: false, Damage: 0),
                    new VerifyRun("offsite", Noon.AddDays(-2), IsDeep: false, Damage: 3),
                ],
                KeysTried = null,
            },
        };
    }

    /// <summary>Three segments were lost five days ago; a backup was taken afterwards.</summary>
    public static ClusterFacts WithGap() => WithContents(Contents().Seen! with { Map = GapMap() });

    /// <summary>The map of <see cref="WithGap"/>.</summary>
    public static RecoveryMap GapMap() => new(
    [
        new TimelineLine(
            1, null,
            [
                Span(1, Noon.AddDays(-30), Noon.AddDays(-6), 0x01, 0x11),
                Span(1, Noon.AddDays(-5).AddHours(-10), Noon.AddMinutes(-2), 0x15, 0x3f),
            ],
            [
                new RecoveryGap(
                    new WalStretch(Name(1, 0x12), Name(1, 0x14)), 3, IsConflict: false, Noon.AddDays(-6),
                    Noon.AddDays(-5).AddHours(-10)),
            ],
            [.. Marks(30)]),
    ]);

    /// <summary>A recovery three days ago began timeline 2.</summary>
    public static RecoveryMap ForkedMap(bool isProven = true) => new(
    [
        new TimelineLine(
            1, null, [Span(1, Noon.AddDays(-9), Noon.AddDays(-3).AddHours(6), 0x01, 0x20)], [],
            [.. Marks(9).Where(m => m.Ended < Noon.AddDays(-3))]),
        new TimelineLine(
            2, new TimelineFork(1, Noon.AddDays(-3).AddHours(-9), isProven),
            [
                new ReachableSpan(
                    2, Noon.AddDays(-3).AddHours(-9), Noon.AddMinutes(-2), null,
                    new WalStretch(Name(2, 0x1c), Name(2, 0x3f)), Position(0x40, 0)),
            ],
            [],
            [.. Marks(9).Where(m => m.Ended > Noon.AddDays(-2))]),
    ]);

    /// <summary>The place offsite does not answer.</summary>
    public static ClusterFacts Unreachable() => AllWell() with
    {
        Repositories =
        [
            AllWell().Repositories[0],
            Repository(Policy.Repositories[1], Away<RepositoryContents>()) with
            {
                Space = Away<SpaceFacts>(),
                IsSeparate = null,
                IsLuks = null,
            },
        ],
    };

    /// <summary>The server was stopped an hour ago.</summary>
    public static ClusterFacts Stopped()
    {
        var silent = TomoBackupException.Create(
            ErrorCode.Unavailable, "unable to connect to host=/run/postgresql: no such file or directory",
            hint: "Is the server running, and does the policy's 'connection' lead to it?");

        return AllWell() with
        {
            Now = Noon.AddHours(1),
            Server = Sighting<ServerFacts>.Failed(silent),
            Archiver = Sighting<ArchiverFacts>.Failed(silent),
            Drift = Sighting<IReadOnlyList<string>>.Failed(silent),
        };
    }

    /// <summary>Something that does not answer.</summary>
    public static Sighting<T> Away<T>()
        where T : class
        => Sighting<T>.Failed(TomoBackupException.Create(
            ErrorCode.Unavailable, "unable to list '/mnt/offsite': transport endpoint is not connected",
            hint: "Mount the place again, and look at the link to it."));

    /// <summary>All is well but for what one repository holds: the others are left out.</summary>
    public static ClusterFacts WithContents(RepositoryContents contents) => AllWell() with
    {
        Repositories = [.. Policy.Repositories.Select(p => Repository(p, Sighting<RepositoryContents>.Of(contents)))],
    };

    /// <summary>The verdicts on facts.</summary>
    public static ClusterStatus StatusOf(ClusterFacts facts)
    {
        var values = Measuring.Of(facts);
        return new ClusterStatus(
            facts.Cluster.Name, values, Promises.Of(new PromiseSheet(facts.Policy, facts.Cluster, values)));
    }

    public static RepositoryFacts Repository(RepositoryPolicy place, Sighting<RepositoryContents> contents)
        => new(
            place, contents, Sighting<SpaceFacts>.Of(new SpaceFacts(82 * GiB, 118 * GiB)), IsSeparate: true,
            IsLuks: true);

    /// <summary>Daily full backups for 30 days, hourly incremental ones today, WAL up to two minutes ago.</summary>
    public static Sighting<RepositoryContents> Contents() => Sighting<RepositoryContents>.Of(new RepositoryContents
    {
        Backups =
        [
            .. Enumerable.Range(0, 91).Select(day => Backup(Noon.Date.AddDays(day - 90).AddHours(2), true, 12 * GiB)),
            .. Enumerable.Range(3, 9).Select(hour => Backup(Noon.Date.AddHours(hour), false, 12 * GiB)),
        ],
        Problems = [],
        Map = LineFrom(Noon.AddDays(-90), Noon.AddMinutes(-2)),
        Wal = new Dictionary<string, ArrivedWal> { [Name(1, 0x3f)] = new(Noon.AddMinutes(-1), 5 << 20) },
        Conflicts = [],
        Last = Segment(0x3f, Noon.AddMinutes(-2)),
    });

    public static RecoveryMap LineFrom(DateTimeOffset from, DateTimeOffset to)
        => new(
        [
            new TimelineLine(
                1, null, [Span(1, from, to, 1, to < Noon.AddHours(-1) ? 0x2cu : 0x3f)], [], [.. Marks(90)]),
        ]);

    public static LastSegment Segment(ulong number, DateTimeOffset commit)
        => new(Name(1, number), number, commit.AddMinutes(1), Position(number + 1, 0), commit);

    public static string Name(uint timeline, ulong number) => $"{timeline:X8}00000000{number:X8}";

    public static Lsn Position(ulong segment, ulong offset) => new(segment * SegmentBytes + offset);

    public static Manifest Backup(DateTimeOffset began, bool isFull, long bytes, bool isGood = true)
    {
        var id = $"{began.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-0123abcd";
        return new Manifest
        {
            Format = Manifest.CurrentFormat,
            Cluster = "main",
            Lineage = Lineage,
            SystemIdentifier = "7",
            MajorVersion = 18,
            ServerVersion = "18.6",
            Backup = id,
            Generation = isFull ? id : $"{began.UtcDateTime:yyyyMMdd}T020000Z-0123abcd",
            Kind = isFull ? Manifest.Full : Manifest.Incremental,
            Parent = null,
            State = isGood ? Manifest.Good : Manifest.Damaged,
            DamagedBlocks = isGood ? 0 : 2,
            Started = began,
            Stopped = began.AddMinutes(isFull ? 6 : 1),
            StartLsn = Position(3, 0x28),
            StopLsn = Position(3, 0x100),
            Timeline = 1,
            WalFirst = Name(1, 3),
            WalLast = Name(1, 3),
            WalSegmentSize = SegmentBytes,
            BlockSize = 8192,
            SegmentBlocks = 131_072,
            DataChecksums = true,
            Epoch = Epoch,
            FileCount = 1400,
            FileBytes = bytes,
            StoredBytes = bytes / 4,
            Objects = [],
            References = [],
            Tool = "tests",
        };
    }

    static IEnumerable<BackupMark> Marks(int days)
        => Enumerable.Range(0, days).Select(day => new BackupMark(
            $"d{day}", day % 7 == 0, IsGood: true, Noon.Date.AddDays(day + 1 - days).AddHours(2).AddMinutes(6)));

    static ReachableSpan Span(uint timeline, DateTimeOffset from, DateTimeOffset to, ulong first, ulong last)
        => new(
            timeline, from, to, "20260209T020000Z-0123abcd",
            new WalStretch(Name(timeline, first), Name(timeline, last)), Position(last + 1, 0));

    static ArchiverStatus Archived()
        => new(90_000, Name(1, 0x3f), Noon.AddMinutes(-1), 0, null, null, Noon.AddDays(-30));

    static ServerFacts Server() => new()
    {
        Version = "18.6 (Debian 18.6-3)",
        VersionNumber = 180_006,
        SystemIdentifier = 7,
        DataDirectory = "/var/lib/postgresql/18/main",
        Files = new ConfigurationFiles("/etc/p.conf", "/etc/h.conf", "/etc/i.conf", [], IncludesAreComplete: true),
        Port = 5432,
        SocketDirectories = [],
        Wal = new WalSettings
        {
            Level = "replica",
            ArchiveMode = "on",
            ArchiveCommand = "tomo-backup wal push %p",
            ArchiveLibrary = "",
            ArchiveTimeout = TimeSpan.FromMinutes(5),
            FullPageWrites = true,
            SegmentSize = SegmentBytes,
            Summarize = true,
        },
        DataChecksums = true,
        Fsync = true,
        Libraries = new PreloadLibraries([], [], []),
        InRecovery = false,
        Timeline = 1,
        Tablespaces = [],
        Recovery = new RecoverySettings(100, 8, 10, 0, 64),
    };

    static RepositoryPolicy Place(string name)
        => new()
        {
            Name = name,
            Store = StoreAddress.Parse(name == "local" ? "file:///backup" : $"file:///mnt/{name}"),
        };

    static Schedule At(string text)
        => Schedule.TryParse(text, out var schedule) ? schedule : throw new FormatException(text);

    static BackupPolicy MakePolicy()
    {
        static Dictionary<string, RetentionRule> Days(int local, int offsite) => new()
        {
            ["local"] = new RetentionRule { Age = new Duration(local, DurationUnit.Days) },
            ["offsite"] = new RetentionRule { Age = new Duration(offsite, DurationUnit.Days) },
        };

        var hosted = new ObjectivePolicy(
            "hosted", new Duration(4, DurationUnit.Hours), new Duration(1, DurationUnit.Hours));

        return new BackupPolicy
        {
            Header = new PolicyHeader { NextReview = new DateOnly(2026, 9, 2) },
            Objectives = [hosted],
            Clusters =
            [
                new ClusterPolicy
                {
                    Name = "main",
                    Connection = ConnectionSettings.None,
                    Objectives = hosted,
                    Full = At("0 2 * * *"),
                    Incremental = At("0 3-23 * * *"),
                    Wal = new WalPolicy { OffsiteWithin = new Duration(15, DurationUnit.Minutes) },
                },
            ],
            Repositories =
            [
                Place("local") with { Volume = new VolumePolicy { Separate = true, AlertAbove = 80 } },
                Place("offsite") with { Follows = "local" },
            ],
            Retention = new RetentionPolicy { Wal = Days(7, 30), Backup = Days(30, 90) },
        };
    }
}
