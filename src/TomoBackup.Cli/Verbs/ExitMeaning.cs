namespace TomoBackup.Cli.Verbs;

/// <summary>An exit code in a verb's help.</summary>
readonly record struct ExitMeaning(int Code, string Meaning)
{
    /// <summary>Codes with their usual meaning. Success, defects, a wrong command line and a wrong policy are possible
    /// with every verb that reads the policy and are put in their places.</summary>
    public static ExitMeaning[] With(params ErrorCode[] codes)
        => Of([ErrorCode.Ok, ErrorCode.Defect, ErrorCode.Usage, ErrorCode.Policy, .. codes]);

    /// <summary>Exactly these codes, in order.</summary>
    public static ExitMeaning[] Of(params ErrorCode[] codes)
        => [.. codes.Distinct().Order().Select(code => new ExitMeaning((int)code, code.Meaning))];
}
