namespace TomoBackup.Policies.Declaration;

/// <summary>The keys of every place where a secret is needed. It never stands in the policy.</summary>
static class SecretKeys
{
    public static readonly PolicyKey<string> File = new(
        "file", "A file of mode 0600 that holds it.", PolicyValues.PathBesideSecret);

    public static readonly PolicyKey<string> Credential = new(
        "credential", "The name of a systemd credential.", PolicyValues.Text);

    public static readonly PolicyKey<string> Command = new(
        "command", "A command whose first line of output it is.", PolicyValues.Text);

    public static readonly SectionShape Shape = new(File, Credential, Command)
    {
        MayBeSecret = true,
        Choices = [new KeyChoice(ChoiceRule.ExactlyOne, "file", "credential", "command")],
    };
}
