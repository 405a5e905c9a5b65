using System.Text;
using System.Text.Json;
using TomoBackup.Backups;
using TomoBackup.Testing;
using TomoBackup.Testing.Storage;
using TomoBackup.Testing.Tiny;

namespace TomoBackup.Scenarios.Faults;

/// <summary>What an incremental backup builds on must still be there when it is published.</summary>
public sealed class NeededGenerationTests : IAsyncLifetime
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly TestFolder _folder = TestFolder.InMemory();
    TinyHost _host = null!;
    string _full = "";

    public async ValueTask InitializeAsync()
    {
        _host = await TinyHost.CreateAsync(_folder, repositories: 1, disk: null, Cancelled);
        _full = await _host.BackupAsync(FaultPlan.Count(), Cancelled);
        _host.Cluster.Change("base/5/16384", 3);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task While_it_is_taken_a_lease_names_the_generation_that_it_needs()
    {
        var earlier = Store.Keys;
        var subjects = new List<string?>();
        _host.AtArchiving = () => subjects.AddRange(
            Store.Keys.Except(earlier)
                .Where(key => key.Value.StartsWith("lease/", StringComparison.Ordinal))
                .Select(SubjectOf));

        await _host.BackupAsync(FaultPlan.Count(), BackupRequest.Incremental, Cancelled);

        Assert.Equal([_full], subjects);
    }

    [Fact]
    public async Task It_is_not_published_where_a_pack_that_it_refers_to_went_meanwhile()
    {
        var pack = Store.Keys.First(key => key.Value.EndsWith($"/{_full}/pack-00001", StringComparison.Ordinal));
        _host.AtArchiving = () => Store.DeleteAsync(pack, CancellationToken.None).AsTask().Wait();

        var failure = await Assert.ThrowsAsync<TomoBackupException>(
            () => _host.BackupAsync(FaultPlan.Count(), BackupRequest.Incremental, Cancelled));

        Assert.Equal(ErrorCode.RepositoryDamaged, failure.Code);
        Assert.Contains(pack.Value, failure.Message, StringComparison.Ordinal);
        Assert.Single(Store.Keys, key => key.Value.EndsWith("/manifest", StringComparison.Ordinal));
    }

    MemoryObjectStore Store => _host.Stores[0];

    string? SubjectOf(Storage.ObjectKey lease)
    {
        using var envelope = JsonDocument.Parse(Store.Peek(lease)!);
        var payload = envelope.RootElement.GetProperty("payload").GetBytesFromBase64();
        using var record = JsonDocument.Parse(Encoding.UTF8.GetString(payload));
        return record.RootElement.GetProperty("subject").GetString();
    }
}
