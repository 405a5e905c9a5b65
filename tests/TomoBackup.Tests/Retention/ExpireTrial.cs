using Microsoft.Extensions.Time.Testing;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Repositories;
using TomoBackup.Retention;
using TomoBackup.Storage;
using TomoBackup.Testing;
using TomoBackup.Testing.Repositories;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Retention;

/// <summary>The small repository a few days later, with a host that expires in it. Its rule keeps the newest backup and
/// an hour of WAL, so that the first backup and all WAL before the second are not wanted.</summary>
sealed class ExpireTrial : IDisposable
{
    public const string First = "20260302T110000Z-00000001";
    public const string Second = "20260302T130000Z-00000002";

    /// <summary>Incremental, on the second.</summary>
    public const string Third = "20260302T140000Z-00000003";

    static readonly DateTimeOffset StoredAt = new(2026, 3, 2, 13, 30, 0, TimeSpan.Zero);

    readonly SmallRepository _small;
    readonly TestFolder _folder = TestFolder.InMemory();

    public ExpireTrial(SmallRepository small)
    {
        _small = small;
        Time = new FakeTimeProvider(StoredAt);
        Store = new MemoryObjectStore(Time);

        foreach (var key in small.Store.Keys)
            Store.Tamper(key, small.Store.Peek(key)!);

        State = new HostState(PhysicalFileSystem.Instance, _folder["state"], SystemEntropy.Instance);
        Repository = small.Over(Store);
        Time.Advance(TimeSpan.FromDays(2));
    }

    public FakeTimeProvider Time { get; }

    public MemoryObjectStore Store { get; }

    public Repository Repository { get; }

    public HostState State { get; }

    public RetentionPolicy Policy { get; set; } = new()
    {
        Wal = Rule(new RetentionRule { Age = new Duration(1, DurationUnit.Hours) }),
        Backup = Rule(new RetentionRule { Count = 1 }),
    };

    public bool MayDelete { get; set; } = true;

    public LifecyclePolicy? Lifecycle { get; set; }

    public IReadOnlyList<Repository> Followers { get; set; } = [];

    /// <summary>False for a host in sealed mode.</summary>
    public bool HasIdentity { get; set; } = true;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>As <c>verify</c> would leave it.</summary>
    public ExpireTrial Verified(bool sound = true)
    {
        State.WriteVerification(
            SmallRepository.Cluster, Repository.Name,
            new VerificationRecord(Repository.Id, Time.GetUtcNow(), Deep: false, sound));
        return this;
    }

    public Task<ExpireReport> PlanAsync() => RunAsync(Store, new ExpireOptions(PlanOnly: true, AllowMore: false));

    public Task<ExpireReport> ExpireAsync(bool allowMore = false)
        => RunAsync(Store, new ExpireOptions(PlanOnly: false, allowMore));

    /// <summary>The run that finds things unwanted, and a day.</summary>
    public async Task<ExpireTrial> MarkedAsync()
    {
        await Verified().ExpireAsync(allowMore: true);
        Time.Advance(TimeSpan.FromHours(25));
        return Verified();
    }

    public async Task<ExpireReport> RunAsync(IObjectStore store, ExpireOptions options)
    {
        var repository = Repository with { Store = store };
        using var keys = HasIdentity
            ? _small.Keys(repository)
            : new KeyRing(repository, _small.Lineage, new OpenEpochs(PhysicalFileSystem.Instance, "/nonexistent"), []);

        return await new ExpireOperation(new ExpireContext
        {
            Repository = repository,
            Lineage = _small.Lineage,
            Keys = keys,
            Signer = _small.Signer,
            State = State,
            Policy = Policy,
            MayDelete = MayDelete,
            Lifecycle = Lifecycle,
            Followers = Followers,
            Entropy = SystemEntropy.Instance,
            Time = Time,
            Progress = new Progress<OperationProgress>(),
        }).RunAsync(options, Cancelled);
    }

    /// <summary>Everything but leases and intents.</summary>
    public IReadOnlyList<string> Objects()
        => [.. Store.Keys.Select(k => k.Value).Where(k => !k.StartsWith("lease/", StringComparison.Ordinal)
            && !k.StartsWith("intent/", StringComparison.Ordinal))];

    /// <summary>Fails where a manifest stands there and an object that it names does not.</summary>
    public async Task MustBeWholeAsync(string after)
    {
        var catalog = await Catalog.ReadAsync(Repository, _small.Lineage, Cancelled);

        foreach (var manifest in catalog.Backups)
            foreach (var held in manifest.Objects)
                Assert.True(
                    Store.Peek(new ObjectKey(RepositoryLayout.Backup(
                        manifest.Lineage, manifest.Generation, manifest.Backup) + held.Name)) is not null,
                    $"{after}: backup {manifest.Backup} lacks '{held.Name}'");

        Assert.Contains(catalog.Backups, b => b.Backup == Second);
    }

    public void Dispose() => _folder.Dispose();

    static Dictionary<string, RetentionRule> Rule(RetentionRule rule) => new() { ["small"] = rule };
}

/// <summary>Made once; each test spoils a copy.</summary>
public sealed class SmallRepositoryFixture : IAsyncLifetime
{
    internal SmallRepository Small { get; private set; } = null!;

    public async ValueTask InitializeAsync()
        => Small = await SmallRepository.CreateAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        Small.Dispose();
        return ValueTask.CompletedTask;
    }
}
