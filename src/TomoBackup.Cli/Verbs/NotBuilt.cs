namespace TomoBackup.Cli.Verbs;

/// <summary>What a verb says until it does something.</summary>
static class NotBuilt
{
    public static TomoBackupException Yet(string verb)
        => TomoBackupException.Create(ErrorCode.Defect, $"'{verb}' is not built yet");
}
