namespace TomoBackup.Policies.Review;

/// <summary>Who is told, and whether silence is noticed.</summary>
static class AlertRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
    {
        var alerts = scope.Policy.Alerts;

        if (alerts.MailTo.Count is 0 && alerts.Webhooks.Count is 0)
            yield return FindingKinds.NoAlerts.At(
                "alerts",
                "nobody is told when a backup fails",
                "Set 'alerts', or have other monitoring look at exit codes and at 'tomo-backup status'.");
        else if (alerts.Webhooks.All(hook => hook.Url.IsLoopback))
            yield return FindingKinds.AlertsDieWithHost.At(
                "alerts",
                "every alert is a message that this host sends when something fails: a host that is dead, cut off or "
                    + "whose timer never runs sends nothing, and silence looks like success",
                "Add a webhook on another host that raises the alarm when success is not reported in time.");
    }
}
