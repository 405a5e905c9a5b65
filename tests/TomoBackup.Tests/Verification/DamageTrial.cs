using TomoBackup.Operations;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Repositories;
using TomoBackup.Testing.Storage;
using TomoBackup.Verification;

namespace TomoBackup.Tests.Verification;

/// <summary>Spoils a copy of the small repository, one object at a time, and asks verify about it. For one
/// thread.</summary>
sealed class DamageTrial(SmallRepository small)
{
    readonly MemoryObjectStore _store = small.CopyStore();

    /// <summary>What a deep verification says of a store that holds the small repository's objects.</summary>
    public static async Task<VerifyReport> VerifyAsync(
        SmallRepository small, IObjectStore store, VerifyOptions options, CancellationToken cancellationToken)
    {
        var repository = small.Repository with { Store = store };
        using var keys = small.Keys(repository);
        var operation = new VerifyOperation(repository, small.Lineage, keys, TimeProvider.System,
            new Progress<OperationProgress>());
        return await operation.RunAsync(options, cancellationToken);
    }

    /// <summary>Puts other bytes in the object's place, verifies, and puts the object back.</summary>
    public async Task<VerifyReport> ReplacedAsync(ObjectKey key, byte[] bytes, CancellationToken cancellationToken)
    {
        _store.Tamper(key, bytes);
        return await ReportAsync([key], cancellationToken);
    }

    /// <summary>Removes the object, verifies, and puts it back.</summary>
    public async Task<VerifyReport> DeletedAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        await _store.DeleteAsync(key, cancellationToken);
        return await ReportAsync([key], cancellationToken);
    }

    /// <summary>Lets two objects change places, verifies, and puts them back.</summary>
    public async Task<VerifyReport> SwappedAsync(ObjectKey one, ObjectKey other, CancellationToken cancellationToken)
    {
        _store.Tamper(one, small.Store.Peek(other)!);
        _store.Tamper(other, small.Store.Peek(one)!);
        return await ReportAsync([one, other], cancellationToken);
    }

    /// <summary>Flips one bit of each chosen byte in turn; gives the positions that verify took for sound.</summary>
    public async Task<IReadOnlyList<string>> MissedFlipsAsync(
        ObjectKey key, IEnumerable<int> positions, CancellationToken cancellationToken)
    {
        var missed = new List<string>();

        foreach (var position in positions)
        {
            var flipped = small.Store.Peek(key)!.ToArray();
            flipped[position] ^= (byte)(1 << (position % 8));

            if (!Names(await ReplacedAsync(key, flipped, cancellationToken), key))
                missed.Add($"{key} byte {position} bit {position % 8}");
        }

        return missed;
    }

    /// <summary>True where damage of this very object was reported.</summary>
    public static bool Names(VerifyReport report, ObjectKey key)
        => report.Findings.Any(f => f.Severity == VerifySeverity.Damage && f.Subject == key.Value);

    /// <summary>True where it was reported that this object is missing; its content's name cannot always be
    /// known.</summary>
    public static bool NamesMissing(VerifyReport report, ObjectKey key)
        => report.Findings.Any(f => f.Severity == VerifySeverity.Damage
            && key.Value.StartsWith(f.Subject, StringComparison.Ordinal));

    async Task<VerifyReport> ReportAsync(IReadOnlyList<ObjectKey> spoiled, CancellationToken cancellationToken)
    {
        var report = await VerifyAsync(small, _store, new VerifyOptions { Deep = true, Workers = 1 },
            cancellationToken);

        foreach (var key in spoiled)
            _store.Tamper(key, small.Store.Peek(key)!);

        return report;
    }
}

/// <summary>The small repository, made once for the tests of a class.</summary>
public sealed class SmallRepositoryFixture : IAsyncLifetime
{
    internal SmallRepository Small { get; private set; } = null!;

    /// <summary>Its keys with their number.</summary>
    internal IEnumerable<(int Index, ObjectKey Key)> Keys => Small.Store.Keys.Index();

    public async ValueTask InitializeAsync() => Small = await SmallRepository.CreateAsync(CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Small.Dispose();
        return ValueTask.CompletedTask;
    }

    internal int LengthOf(ObjectKey key) => Small.Store.Peek(key)!.Length;

    /// <summary>What an object is, so that each can be confused with another of its kind.</summary>
    internal static string KindOf(ObjectKey key)
        => key.Value.Split('/') switch
        {
            ["keys", .., var name] => name[name.IndexOf('.', StringComparison.Ordinal)..],
            ["backup", _, _, _, "wal", _] => "held wal",
            ["backup", _, _, _, var name] => RepositoryLayout.TryPackNumber(name) is null ? name : "pack",
            [var kind, ..] => kind,
            [] => "",
        };
}
