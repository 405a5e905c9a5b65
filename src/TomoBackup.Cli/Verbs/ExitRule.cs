namespace TomoBackup.Cli.Verbs;

/// <summary>Who reads the exit code (https://www.postgresql.org/docs/18/continuous-archiving.html).</summary>
enum ExitRule
{
    /// <summary>People, scripts, systemd: any code of <see cref="ErrorCode"/>.</summary>
    Ordinary,

    /// <summary>The archiver: above 125 it would take us for crashed and restart itself.</summary>
    WalPush,

    /// <summary>Recovery: 1 ends it as if the archive ended here, so it may be said only by who knows that.</summary>
    WalGet,
}

/// <summary>Turns what happened into what is said.</summary>
static class ExitRules
{
    const int MostForArchiver = 125;
    const int StopRecovery = 255;

    extension(ExitRule rule)
    {
        /// <summary>The exit code for what a verb answered.</summary>
        public int OfAnswer(int answer) => rule switch
        {
            ExitRule.WalPush => answer is >= 0 and <= MostForArchiver ? answer : (int)ErrorCode.TryAgain,
            ExitRule.WalGet => answer is 0 or 1 ? answer : StopRecovery,
            _ => answer,
        };

        /// <summary>The exit code for a failure, a wrong command line, a defect or a signal.</summary>
        public int OfFailure(ErrorCode code) => rule is ExitRule.WalGet ? StopRecovery : rule.OfAnswer((int)code);
    }
}
