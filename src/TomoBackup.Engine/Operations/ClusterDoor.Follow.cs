using TomoBackup.Following;
using TomoBackup.Repositories;

namespace TomoBackup.Operations;

/// <summary>The verb that copies from one repository to another: follow.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>The repositories that follow another: the one given, or all of the policy.</summary>
    /// <exception cref="TomoBackupException">There is none, or the one given follows nothing
    /// (<see cref="ErrorCode.Policy"/>).</exception>
    public IReadOnlyList<string> FollowersNamed(string? name)
    {
        IReadOnlyList<string> followers = name is null
            ? [.. _policy.Repositories.Where(r => r.Follows is not null).Select(r => r.Name)]
            : FindPlace(name).Follows is null ? [] : [name];

        return followers.Count > 0
            ? followers
            : throw TomoBackupException.Create(
                ErrorCode.Policy,
                name is null ? "no repository of the policy follows another" : $"repository '{name}' follows no other",
                hint: "Set 'follows' to the name of the repository that it is to copy.");
    }

    /// <summary>Copies once what a repository lacks, or says what it would.</summary>
    public Task<FollowReport> FollowAsync(
        FollowOptions options, string name, KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync(
            options.PlanOnly ? "follow-plan" : "follow",
            () => FollowWithAsync(
                name, keys, operation => operation.RunAsync(options, cancellationToken), cancellationToken),
            report => new JournalNote { Repository = report.Repository, Bytes = report.Bytes });

    /// <summary>Copies again and again until it is told to stop. A store that fails is told of and tried again, later
    /// and later.</summary>
    /// <param name="told">Told of each run that copied something or found a problem.</param>
    /// <param name="failed">Told of each run that failed.</param>
    public async Task WatchAsync(
        FollowOptions options,
        string name,
        KeyOptions keys,
        Action<FollowReport> told,
        Action<TomoBackupException> failed,
        CancellationToken cancellationToken)
    {
        var pause = FollowOptions.Pause;

        while (true)
        {
            try
            {
                await FollowWithAsync(
                    name,
                    keys,
                    async operation =>
                    {
                        while (true)
                        {
                            var report = await operation.RunAsync(options, cancellationToken).ConfigureAwait(false);
                            pause = FollowOptions.Pause;

                            if (report.Objects > 0 || report.Problems.Count > 0)
                                told(report);

                            await Task.Delay(pause, _environment.Time, cancellationToken).ConfigureAwait(false);
                        }
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException && Failures.Understand(e) is { } understood)
            {
                failed(understood);
                await Task.Delay(pause, _environment.Time, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 < FollowOptions.LongestPause ? pause * 2 : FollowOptions.LongestPause;
            }
        }
    }

    async Task<FollowReport> FollowWithAsync(
        string name,
        KeyOptions keys,
        Func<FollowOperation, Task<FollowReport>> run,
        CancellationToken cancellationToken)
    {
        using var secrets = ReadSecrets(keys);
        var place = FindPlace(name);
        var from = _environment.OpenStore(FindPlace(place.Follows));

        // A watch opens them again after each failure: connections and programs must not pile up.
        await using (from.ConfigureAwait(false))
        {
            var to = _environment.OpenStore(place);

            await using (to.ConfigureAwait(false))
            {
                var source = await Repository.OpenAsync(place.Follows!, from, cancellationToken).ConfigureAwait(false);
                var lineage = await FindLineageAsync(source, secrets, cancellationToken).ConfigureAwait(false);
                using var ring = OpenKeys(source, lineage, secrets);

                return await run(new FollowOperation(new FollowContext
                {
                    Source = source,
                    Target = await Repository.OpenAsync(place.Name, to, cancellationToken).ConfigureAwait(false),
                    Lineage = lineage,
                    Keys = ring,
                    State = _state,
                    Retention = _policy.Retention,
                    Time = _environment.Time,
                    Progress = _environment.Progress,
                })).ConfigureAwait(false);
            }
        }
    }
}
