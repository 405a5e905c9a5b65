namespace TomoBackup.Policies.Declaration;

/// <summary>The keys of <c>alerts</c> and <c>compliance</c>.</summary>
static class AlertKeys
{
    const string NobodyIsTold = "nobody is told";

    public static readonly ListKey<string> To = new(
        "to", "Who gets the mail.", new ListShape<string>(PolicyValues.Mail))
    {
        IsRequired = true,
    };

    public static readonly PolicyKey<Uri> Smtp = new(
        "smtp", "The server that takes the mail.", PolicyValues.MailServer)
    {
        IsRequired = true,
    };

    public static readonly PolicyKey Email = new("email", "Mail to people.", new SectionShape(To, Smtp))
    {
        WhenAbsent = "none",
        NotYet = "no mail is sent",
    };

    public static readonly PolicyKey<Uri> Url = new("url", "The address that is called.", PolicyValues.Web)
    {
        IsRequired = true,
    };

    public static readonly PolicyKey Secret = new(
        "secret", "Where the secret that signs the call is read.", SecretKeys.Shape)
    {
        WhenAbsent = "none: calls are not signed",
    };

    public static readonly PolicyKey Webhook = new(
        "webhook", "Addresses that are called.", new SectionListShape(new SectionShape(Url, Secret)))
    {
        WhenAbsent = "none",
        NotYet = "no address is called",
    };

    public static readonly PolicyKey<Duration?> WalOlderThan = new(
        "wal_older_than",
        "Somebody is told when the newest archived WAL is older than this while the server writes.",
        PolicyValues.Duration)
    {
        WhenAbsent = NobodyIsTold,
        NotYet = NobodyIsTold,
    };

    public static readonly PolicyKey<int?> BackupBelow = new(
        "backup_below",
        "Somebody is told when a backup is smaller than this part of the one before.",
        PolicyValues.Percent)
    {
        WhenAbsent = NobodyIsTold,
        NotYet = NobodyIsTold,
    };

    public static readonly SectionShape Shape = new(Email, Webhook, WalOlderThan, BackupBelow);

    public static readonly PolicyKey<string> Framework = new(
        "framework", "The controls that evidence is gathered for.", PolicyValues.Words(("soc2", "soc2")))
    {
        IsRequired = true,
    };

    public static readonly SectionShape ComplianceShape = new(Framework);
}
