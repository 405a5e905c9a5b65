namespace TomoBackup.Scenarios.Faults;

/// <summary>The executable is killed at sixty seeded points, fifteen in each of four verbs, on a real cluster. Then it
/// runs again: nothing partial may be taken for whole, and nothing that was there before may be lost.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task A_killed_backup_is_never_listed_unless_it_is_whole()
    {
        await using var killed = await KilledCluster.StartAsync();
        string[] backup = ["backup", "--full"];
        var usual = await killed.MeasureAsync(backup);
        var deaths = 0;

        for (var point = 0; point < KilledCluster.Points; point++)
        {
            await killed.Ledger.WriteAsync(2);
            var before = await killed.ListAsync();
            var died = await killed.KillAsync(point, usual, backup);
            var added = (await killed.ListAsync()).Except(before).ToList();
            deaths += died ? 1 : 0;
            Assert.InRange(added.Count, died ? 0 : 1, 1);

            // Killed behind its publication: then it has to be as good as any.
            if (died && added is [var late])
            {
                await killed.Tool.ExpectAsync(
                    0, "restore", "--into", killed.Folder[$"late-{point}"], "--backup", late, "--immediate");
                await killed.MustVerifyAsync($"late-{point}");
            }
        }

        Assert.InRange(deaths, KilledCluster.Points / 2, KilledCluster.Points);
        var first = (await killed.ListAsync())[0];
        await killed.Tool.ExpectAsync(0, backup);
        await killed.ArchiveAllAsync();
        await killed.MustRestoreAsync("end", killed.Ledger.Everything, "--latest");
        await killed.MustRestoreAsync("first", killed.Ledger.Everything, "--backup", first, "--latest");
    }

    [Fact]
    public async Task A_killed_push_loses_no_segment_and_holds_up_none()
    {
        await using var killed = await KilledCluster.StartAsync();
        await killed.ArchiveAllAsync();
        var command = await killed.Cluster.ScalarAsync<string>("SHOW archive_command");
        await killed.ArchiveWithAsync("false");
        var push = await PushAsync(killed);
        var usual = await killed.MeasureAsync(push);
        await PushAsync(killed);
        var usualAhead = await killed.MeasureAsync(Ahead(push));
        var deaths = 0;

        for (var point = 0; point < KilledCluster.Points; point++)
        {
            var next = await PushAsync(killed);
            var died = point % 2 == 0
                ? await killed.KillAsync(point, usual, next)
                : await killed.KillAsync(point, usualAhead, Ahead(push));
            deaths += died ? 1 : 0;
        }

        Assert.InRange(deaths, KilledCluster.Points / 2, KilledCluster.Points);
        await killed.ArchiveWithAsync(command);
        await killed.ArchiveAllAsync();
        await killed.MustRestoreAsync("end", killed.Ledger.Everything, "--latest");
    }

    [Fact]
    public async Task A_killed_get_delivers_nothing_or_the_whole_segment()
    {
        await using var killed = await KilledCluster.StartAsync();
        var segments = new List<string>();

        for (var n = 0; n < KilledCluster.Points + 2; n++)
            segments.Add(Path.GetFileName((await PushAsync(killed))[^1]));

        await killed.ArchiveAllAsync();
        await killed.Tool.ExpectAsync(0, "restore", "--into", killed.Folder["copy"], "--latest");
        var usual = await killed.MeasureAsync(Get(killed, segments[^1]));
        var usualAhead = await killed.MeasureAsync(GetAhead(killed, segments[^2]));
        var deaths = 0;

        for (var point = 0; point < KilledCluster.Points; point++)
        {
            // Backwards, so that no call finds its segment fetched ahead by the one before it.
            var name = segments[KilledCluster.Points - 1 - point];
            var target = killed.Folder[$"got-{name}"];
            var expected = await File.ReadAllBytesAsync(
                $"{killed.Cluster.DataDirectory}/pg_wal/{name}", TestContext.Current.CancellationToken);
            var get = Get(killed, name);
            var died = point % 2 == 0
                ? await killed.KillAsync(point, usual, get)
                : await killed.KillAsync(point, usualAhead, GetAhead(killed, name));
            deaths += died ? 1 : 0;

            if (!File.Exists(target))
                await killed.Tool.ExpectAsync(0, get);

            var got = await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken);
            Assert.True(expected.AsSpan().SequenceEqual(got), name);
        }

        Assert.InRange(deaths, KilledCluster.Points / 2, KilledCluster.Points);
    }

    [Fact]
    public async Task A_killed_restore_may_be_run_again_into_what_it_left()
    {
        await using var killed = await KilledCluster.StartAsync();
        await killed.Ledger.WriteAsync(5);
        await killed.ArchiveAllAsync();
        string[] restore = ["restore", "--into", killed.Folder["copy"], "--latest"];
        var usual = await killed.MeasureAsync(restore);
        var deaths = 0;

        for (var point = 0; point < KilledCluster.Points; point++)
        {
            // Only what is finished has to be removed by hand.
            if (File.Exists(killed.Folder["copy/global/pg_control"]))
            {
                await killed.MustVerifyAsync("copy");
                Directory.Delete(killed.Folder["copy"], recursive: true);
            }

            deaths += await killed.KillAsync(point, usual, restore) ? 1 : 0;
        }

        Assert.InRange(deaths, KilledCluster.Points / 2, KilledCluster.Points);

        if (File.Exists(killed.Folder["copy/global/pg_control"]))
            Directory.Delete(killed.Folder["copy"], recursive: true);

        await killed.MustRestoreAsync("copy", killed.Ledger.Everything, "--latest");
    }

    /// <summary>Commits a row, ends its segment, and returns the command that archives it.</summary>
    static async Task<IReadOnlyList<string>> PushAsync(KilledCluster killed)
    {
        await killed.Ledger.WriteAsync(1);
        var name = await killed.Cluster.ScalarAsync<string>("SELECT pg_walfile_name(pg_switch_wal())");
        return ["wal", "push", $"{killed.Cluster.DataDirectory}/pg_wal/{name}"];
    }

    static IReadOnlyList<string> Ahead(IReadOnlyList<string> push) => ["wal", "push-ahead", push[^1]];

    static IReadOnlyList<string> Get(KilledCluster killed, string name)
        => ["wal", "get", "--recovery", killed.Folder["copy/pg_wal/tomo-backup"], name, killed.Folder[$"got-{name}"]];

    static IReadOnlyList<string> GetAhead(KilledCluster killed, string name)
        => ["wal", "get-ahead", "--recovery", killed.Folder["copy/pg_wal/tomo-backup"], name];
}
