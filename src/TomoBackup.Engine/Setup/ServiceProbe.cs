using TomoBackup.Policies;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Storage.S3;

namespace TomoBackup.Setup;

/// <summary>Tries what the service behind a bucket can do with this host's key, remembers it for the store, and tells
/// of what changed since. Of another place elsewhere it tells what that cannot promise.</summary>
sealed class ServiceProbe(
    Func<RepositoryPolicy, IObjectStore> openStore,
    HostState state,
    TimeProvider time,
    Func<Exception, TomoBackupException?> understand)
{
    /// <summary>A service whose clock differs by more refuses requests at last (15 minutes at Amazon and
    /// others).</summary>
    static readonly TimeSpan MostClockDifference = TimeSpan.FromMinutes(5);

    /// <summary>Tries; nothing for a directory.</summary>
    public async Task<IReadOnlyList<Probe>> RunAsync(RepositoryPolicy place, CancellationToken cancellationToken)
    {
        if (place.Store.IsDirectory)
            return [];

        var name = $"service of '{place.Name}'";

        try
        {
            var store = openStore(place);

            await using (store.ConfigureAwait(false))
            {
                if (store is not S3Store bucket)
                    return Judge(name, await store.GuaranteesAsync(cancellationToken).ConfigureAwait(false));

                var result = await new CapabilityProbe(bucket).RunAsync(cancellationToken).ConfigureAwait(false);
                var before = state.TryReadService(place.Name, place.Store.ToString());
                state.WriteService(
                    place.Name,
                    new ServiceRecord(place.Store.ToString(), time.GetUtcNow(), result.Capabilities));
                return Judge(name, place, result, before?.Capabilities);
            }
        }
        catch (Exception e) when (understand(e) is { } failure)
        {
            return [Probe.Fail(name, failure)];
        }
    }

    /// <summary>What a person should know of a place that is no bucket: pure.</summary>
    public static IReadOnlyList<Probe> Judge(string name, StoreGuarantees promised)
    {
        var probes = new List<Probe>();

        if (!promised.IsDurable)
            probes.Add(Probe.Warn(
                name, "what it has taken may still be lost in a power cut there: it can not be asked to write to disk",
                "Let it follow a repository that can ('follows'), not be the only one that WAL goes to."));

        if (!promised.AppearsWhole)
            probes.Add(Probe.Warn(
                name, "an upload that is cut off may stand there as if it were whole",
                "'tomo-backup verify' finds it; remove it there, and what is missing is stored again."));

        return probes.Count > 0 ? probes : [Probe.Good(name, "what it has taken is whole, and on its disk")];
    }

    /// <summary>What a person should know of a bucket: pure.</summary>
    /// <param name="before">What was found the last time; null for nothing.</param>
    public static IReadOnlyList<Probe> Judge(
        string name, RepositoryPolicy place, ProbeResult result, StoreCapabilities? before)
    {
        var found = result.Capabilities;
        var probes = new List<Probe> { Probe.Good(name, Describe(found)) };

        if (before is not null && Changes(before, found) is { Count: > 0 } changes)
            probes.Add(Probe.Warn(
                name, $"changed since the last check: {string.Join(", ", changes)}",
                "Ask whoever looks after the bucket and its keys what was done."));

        if (place.MayDelete && found is { CanDelete: false })
            probes.Add(Probe.Warn(
                name, "this key may not delete, and the policy does not say so",
                $"Set 'may_delete: false' for '{place.Name}', so that expiry is looked for elsewhere."));

        if (place.ObjectLock is not null && found is { HasObjectLock: false })
            probes.Add(Probe.Fail(
                name, ErrorCode.Refused, "the policy asks for locks, and this bucket can lock nothing",
                "Make a bucket with object lock enabled; with most services it cannot be switched on later."));

        if (!place.MayDelete && (found.CanErase ?? found.CanDelete) is true)
            probes.Add(Probe.Warn(
                name, "this key can delete for good, and the policy says that it may not",
                "Give this host a key without the right to delete: whoever takes the host over has it."));

        if (found.ClockDifference is { } apart && apart.Duration() > MostClockDifference)
            probes.Add(Probe.Warn(
                name, $"its clock and ours are {apart.Duration().TotalSeconds:0} s apart", "Set this host's clock."));

        foreach (var remark in result.Remarks)
            probes.Add(Probe.Warn(name, remark, "Choose a service, or a setting of it, that does better."));

        if (result.Left.Count > 0 && place.MayDelete)
            probes.Add(Probe.Warn(
                name,
                $"{result.Left.Count} scratch objects stay behind below '{CapabilityProbe.ScratchPrefix}'",
                "A lifecycle rule on that prefix removes them."));

        return probes;
    }

    static string Describe(StoreCapabilities found)
        => string.Join(", ",
        [
            found.Service,
            found.ConditionalPut switch
            {
                ConditionalPut.Enforced => "never replaces an object when asked not to",
                ConditionalPut.Ignored => "replaces objects even when asked not to",
                ConditionalPut.Refused => "knows no conditional put",
                _ => "conditional put unknown",
            },
            Say(found.CanDelete, "this key can delete", "this key cannot delete", "delete unknown"),
            Say(found.CanOverwrite, "can overwrite", "cannot overwrite", "overwrite unknown"),
            Say(found.KeepsVersions, "older versions are kept", "no versions are kept", "versions unknown"),
            Say(found.HasObjectLock, "locks can be set", "no locks", "locks unknown"),
            Say(found.ChecksUploads, "uploads are checked", "uploads are not checked", "checks unknown"),
        ]);

    static List<string> Changes(StoreCapabilities before, StoreCapabilities now)
    {
        var changes = new List<string>();

        void Compare<T>(string what, T isNow, T was)
        {
            if (!Equals(was, isNow))
                changes.Add($"{what} {Word(isNow)}, was {Word(was)}");
        }

        Compare("conditional put", now.ConditionalPut, before.ConditionalPut);
        Compare("delete by this key", now.CanDelete, before.CanDelete);
        Compare("overwrite by this key", now.CanOverwrite, before.CanOverwrite);
        Compare("versions kept", now.KeepsVersions, before.KeepsVersions);
        Compare("object lock", now.HasObjectLock, before.HasObjectLock);
        Compare("uploads checked", now.ChecksUploads, before.ChecksUploads);
        return changes;
    }

    static string Say(bool? value, string yes, string no, string unknown)
        => value is { } known ? known ? yes : no : unknown;

    static string Word<T>(T value) => value switch
    {
        true => "yes",
        false => "no",
        null => "unknown",
        _ => value.ToString()!.ToLowerInvariant(),
    };
}
