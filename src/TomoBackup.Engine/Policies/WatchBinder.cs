using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>Binds <c>configuration</c>, <c>tests</c> and <c>alerts</c>.</summary>
static class WatchBinder
{
    public static ConfigurationPolicy BindSource(string name, PolicySection source)
    {
        var (key, kind) = WatchKeys.Services.FirstOrDefault(service => source.Find(service.Key) is not null);

        return new ConfigurationPolicy
        {
            Name = name,
            Kind = kind,
            Address = key is null ? null : source.Get(key),
            Files = source.Get(WatchKeys.Files) ?? [],
            Token = RepositoryBinder.Secret(source, WatchKeys.Token),
            Rhythm = Rhythm(source),
        };
    }

    public static TestPolicy BindTests(PolicySection tests) => new()
    {
        Restore = tests.TryOpen(WatchKeys.Restore, out var restore) ? Restore(restore) : null,
        Drill = tests.TryOpen(WatchKeys.Drill, out var drill)
            ? new DrillPolicy(Rhythm(drill), drill.Get(WatchKeys.DrillRepository)!)
            : null,
    };

    public static AlertPolicy BindAlerts(PolicySection alerts)
    {
        var email = alerts.Section(AlertKeys.Email);

        return new AlertPolicy
        {
            MailTo = email.Get(AlertKeys.To) ?? [],
            Smtp = email.Get(AlertKeys.Smtp),
            Webhooks = [.. alerts.Sections(AlertKeys.Webhook).Select(Webhook)],
            WalOlderThan = alerts.Get(AlertKeys.WalOlderThan),
            BackupBelow = alerts.Get(AlertKeys.BackupBelow),
        };
    }

    static RestoreTestPolicy Restore(PolicySection restore) => new()
    {
        Rhythm = Rhythm(restore),
        Choose = restore.Get(WatchKeys.Choose)!,
        Repository = restore.Get(WatchKeys.Repository),
        Queries =
        [
            .. restore.Sections(WatchKeys.Queries).Select(query => new TestQuery(
                query.Get(WatchKeys.QueryDatabase)!, query.Get(WatchKeys.Sql)!, query.Get(WatchKeys.Expect)!)),
        ],
    };

    static WebhookPolicy Webhook(PolicySection webhook)
        => new(webhook.Get(AlertKeys.Url)!, RepositoryBinder.Secret(webhook, AlertKeys.Secret));

    static Rhythm Rhythm(PolicySection section)
        => new(section.Get(WatchKeys.At), section.Get(WatchKeys.Every)) { AfterChange = section.Get(WatchKeys.On) };
}
