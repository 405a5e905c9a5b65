using TomoBackup.Postgres;
using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>A moment at which nobody wrote, and what stood in the cluster then.</summary>
/// <param name="Lsn">The end of its restore point.</param>
/// <param name="Content">What a copy that was rolled forward to there must hold.</param>
sealed record HistoryMoment(Lsn Lsn, ClusterContent Content);

/// <summary>A backup that a history took.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StopLsn">Its end.</param>
/// <param name="IsFull">Its kind.</param>
/// <param name="Content">What its end holds; null where somebody wrote meanwhile.</param>
sealed record HistoryBackup(string Id, Lsn StopLsn, bool IsFull, ClusterContent? Content);

/// <summary>
/// Runs a <see cref="HistoryPlan"/>: steps, full and incremental backups and moments in random order, then restores of
/// randomly chosen backups of the chains to their ends and to later moments, each compared with what was noted, and at
/// last the pages of an incremental backup with those of a full one, both rolled forward to one position.
/// </summary>
sealed class History : IAsyncDisposable
{
    readonly HistoryPlan _plan;
    readonly ProtectedCluster _production;
    readonly Random _random;
    readonly HistoryWriter? _writer;
    readonly HistorySteps _steps;
    readonly List<HistoryBackup> _backups = [];
    readonly List<HistoryMoment> _moments = [];
    int _copies;

    History(HistoryPlan plan, ProtectedCluster production)
    {
        _plan = plan;
        _production = production;
        _random = new Random(plan.Seed);
        _writer = plan.Writer ? new HistoryWriter(production.Cluster, plan.Seed) : null;
        _steps = new HistorySteps(production.Cluster, _writer, _random);
    }

    /// <summary>Runs one; a failure says how to run it again, and what was done.</summary>
    public static async Task RunAsync(HistoryPlan plan)
    {
        await using var history = new History(plan, await ProtectedCluster.StartAsync(Options(plan)));

        try
        {
            await history.LiveAsync();
            await history.ProveAsync();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"{plan}\n{e.Message}\n{string.Join('\n', history._steps.Log)}\n{plan}\n{e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();

        await _production.DisposeAsync();
    }

    static TestClusterOptions Options(HistoryPlan plan)
    {
        var options = IncrementalCluster.Options(plan.Major, plan.Summarize);
        return options with
        {
            Checksums = plan.Checksums,
            Settings = new Dictionary<string, string>(options.Settings)
            {
                // Chance is ours alone.
                ["autovacuum"] = "off",
                ["allow_in_place_tablespaces"] = "on",
            },
        };
    }

    async Task LiveAsync()
    {
        await _steps.PrepareAsync(_production.Folder["space"]);
        _writer?.Start();
        await BackupAsync(full: true);

        for (var step = 1; step <= _plan.Steps; step++)
        {
            await _steps.StepAsync();

            if (_random.Next(9) == 0)
                await BackupAsync(full: _random.Next(7) == 0);
            else if (_random.Next(9) == 0)
                await MarkAsync();
        }

        await BackupAsync(full: false);
        await MarkAsync();

        if (_writer is not null)
            await _writer.StopAsync();
    }

    async Task BackupAsync(bool full)
    {
        if (full)
            Note(await _production.BackupAsync(), isFull: true);
        else
        {
            var result = await _production.Tool.ExpectAsync(0, "backup", "--incremental");
            Assert.StartsWith("incremental ", result.Output, StringComparison.Ordinal);
            Assert.Equal(
                !_plan.Summarize, result.Output.Contains("every page was looked at", StringComparison.Ordinal));
            Note(ProtectedCluster.Read(result), isFull: false);
        }

        if (_writer is null)
            _backups[^1] = _backups[^1] with { Content = await ClusterContent.ReadAsync(_production.Cluster) };
    }

    void Note(TakenBackup backup, bool isFull)
    {
        _steps.Log.Add($"-- {(isFull ? "full" : "incremental")} backup {backup.Id}");
        _backups.Add(new HistoryBackup(backup.Id, backup.StopLsn, isFull, null));
    }

    async Task MarkAsync()
    {
        if (_writer is not null)
            await _writer.StopAsync();

        var content = await ClusterContent.ReadAsync(_production.Cluster);
        var lsn = await _production.Cluster.ScalarAsync<string>(
            $"SELECT pg_create_restore_point('moment {_moments.Count}')::text");
        _moments.Add(new HistoryMoment(Lsn.Parse(lsn), content));
        _steps.Log.Add($"-- moment {_moments.Count - 1} at {lsn}");
        _writer?.Start();
    }

    async Task ProveAsync()
    {
        await BackupAsync(full: true);
        await MarkAsync();

        if (_writer is not null)
            await _writer.StopAsync();

        await _production.ArchiveAsync();
        var incrementals = _backups.Where(backup => !backup.IsFull).ToList();
        var chosen = incrementals[_random.Next(incrementals.Count)];
        var later = _moments.Where(moment => moment.Lsn > chosen.StopLsn).ToList();
        await ProveAsync(chosen, _random.Next(2) == 0 ? null : later[_random.Next(later.Count)]);

        // Both end at the last moment: what differs between them was not backed up.
        var incremental = await ProveAsync(incrementals[^1], _moments[^1]);
        var (_, full) = await ReplayAsync(_backups[^1], _moments[^1]);
        incremental.MustEqual(full);
    }

    /// <summary>Restores a backup, replays to its end or to a moment, and stops before anybody looks: looking sets hint
    /// bits.</summary>
    async Task<(TestCluster Copy, MainForks Pages)> ReplayAsync(HistoryBackup backup, HistoryMoment? moment)
    {
        var copy = await _production.PlaceAsync($"copy{++_copies}");
        string[] target = moment is null ? ["--immediate"] : ["--to-lsn", $"{moment.Lsn}", "--exclusive"];
        await _production.Tool.ExpectAsync(
            0,
            [
                "restore", "--backup", backup.Id, .. target, "--into", copy.DataDirectory, "--map-tablespace",
                $"{_production.Folder["space"]}={copy.DataDirectory}.space",
            ]);
        await IncrementalCluster.ExpectVerifiedAsync(copy);
        await copy.StartAsync();
        await copy.WaitUntilPromotedAsync();
        await copy.StopAsync();
        return (copy, MainForks.Read(copy.DataDirectory));
    }

    /// <summary>Restores a backup to its end or to a moment, and asks everything of it that can be asked.</summary>
    /// <returns>Its pages as recovery left them.</returns>
    async Task<MainForks> ProveAsync(HistoryBackup backup, HistoryMoment? moment)
    {
        var (copy, pages) = await ReplayAsync(backup, moment);
        await IncrementalCluster.ExpectChecksumsAsync(copy, _plan.Checksums);
        await copy.StartAsync();

        if ((moment?.Content ?? backup.Content) is { } expected)
            (await ClusterContent.ReadAsync(copy)).MustBe(
                expected, $"backup {backup.Id} rolled forward to {(moment is null ? "its end" : $"{moment.Lsn}")}");

        await HistoryWriter.ExpectAllMoneyAsync(copy);
        await IncrementalCluster.ExpectSoundEverywhereAsync(copy);
        await copy.StopAsync();
        return pages;
    }
}
