using TomoBackup.Repositories;

namespace TomoBackup.Retention;

/// <summary>Decides on backups. A backup stays or goes as a whole, and stays for as long as one that takes frames from
/// its packs is there (<c>docs/decisions/0014</c>). Pure.</summary>
sealed class BackupVerdicts(RetentionScene scene, WindowPromise? promise, Ground? reasonToKeepAll)
{
    readonly Dictionary<string, List<Ground>> _grounds = scene.Backups.ToDictionary(
        b => b.Id, _ => new List<Ground>(), StringComparer.Ordinal);

    /// <summary>The verdicts, oldest backup first.</summary>
    public IReadOnlyList<BackupVerdict> Decide()
    {
        CollectGrounds();
        KeepWhatIsBuiltOn();
        KeepWhatFollowersLack();
        KeepWhatIsBuiltOn();

        return WaitForDependents([.. scene.Backups.OrderBy(b => b.Id, StringComparer.Ordinal).Select(Judge)]);
    }

    void CollectGrounds()
    {
        var good = scene.Backups.Where(b => b.IsGood).ToList();
        var newest = good.OrderBy(b => b.Stopped).ThenBy(b => b.Id, StringComparer.Ordinal).LastOrDefault();
        var proven = good.Where(b => scene.Proven.Contains(b.Id)).OrderBy(b => b.Stopped)
            .ThenBy(b => b.Id, StringComparer.Ordinal).LastOrDefault();

        if (newest is not null)
            Add(newest.Id, new Ground(GroundKind.NewestGood));

        if (proven is not null)
            Add(proven.Id, new Ground(GroundKind.NewestProven));

        foreach (var rule in BackupRules.Apply(scene.Backup, scene.Backups, scene.Now))
            foreach (var ground in rule)
                Add(rule.Key, ground);

        foreach (var (id, ground) in promise?.Backups ?? [])
            Add(id, ground);

        foreach (var backup in scene.Backups)
        {
            if (reasonToKeepAll is { } reason)
                Add(backup.Id, reason);

            if (!backup.IsGood && backup.Stopped >= newest?.Stopped)
                Add(backup.Id, new Ground(GroundKind.LatestAttempt));

            foreach (var needed in scene.Announcements.Where(a => IsAbout(a, backup)))
                Add(backup.Id, Ground.Of(needed));
        }
    }

    /// <summary>A hold names one backup; whoever is at work may name a generation.</summary>
    static bool IsAbout(Announcement announcement, KnownBackup backup)
        => announcement.Subject == backup.Id
            || (announcement.Verb != IntentRecord.Hold && announcement.Subject == backup.Generation);

    void KeepWhatIsBuiltOn()
    {
        var byId = scene.Backups.ToDictionary(b => b.Id, StringComparer.Ordinal);
        var open = new Stack<KnownBackup>(scene.Backups.Where(b => _grounds[b.Id].Count > 0));

        while (open.TryPop(out var backup))
            foreach (var on in backup.BuiltOn)
                if (byId.TryGetValue(on, out var older) && _grounds[on].Count == 0)
                {
                    Add(on, new Ground(GroundKind.BuiltOn, backup.Id));
                    open.Push(older);
                }
    }

    void KeepWhatFollowersLack()
    {
        foreach (var backup in scene.Backups)
            if (_grounds[backup.Id].Count == 0
                && scene.Followers.FirstOrDefault(f => !f.Backups.Contains(backup.Id)) is { } follower)
                Add(backup.Id, new Ground(GroundKind.FollowerLacks, follower.Name));
    }

    BackupVerdict Judge(KnownBackup backup)
    {
        if (_grounds[backup.Id] is { Count: > 0 } grounds)
            return new BackupVerdict(backup, Fate.Stays, [.. grounds.Distinct()], null, null);

        var since = scene.Marks.Backups.TryGetValue(backup.Id, out var marked) ? marked : scene.Now;
        var (fate, due) = RetentionPlanner.FateOf(scene, since);
        var ground = new Ground(
            backup.IsGood ? GroundKind.OutOfRules : GroundKind.NotGood, BackupRules.Describe(scene.Backup));

        return new BackupVerdict(backup, fate, [ground], since, due);
    }

    /// <summary>What may go waits for a dependent whose own grace has not passed: as long as a manifest stands there,
    /// all that it names does.</summary>
    static List<BackupVerdict> WaitForDependents(List<BackupVerdict> verdicts)
    {
        var at = verdicts.Select((v, i) => (v.Backup.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        var open = new Stack<BackupVerdict>(verdicts.Where(v => v.Fate == Fate.Waits));

        while (open.TryPop(out var waiting))
            foreach (var on in waiting.Backup.BuiltOn)
                if (at.TryGetValue(on, out var i) && verdicts[i] is var older && older.Fate != Fate.Stays
                    && older.Due < waiting.Due)
                    open.Push(verdicts[i] = older with
                    {
                        Fate = Fate.Waits,
                        Due = waiting.Due,
                        Grounds = [new Ground(GroundKind.BuiltOn, waiting.Backup.Id)],
                    });

        return verdicts;
    }

    void Add(string id, Ground ground) => _grounds[id].Add(ground);
}
