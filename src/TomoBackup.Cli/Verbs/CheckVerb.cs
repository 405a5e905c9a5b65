using TomoBackup.Cli.Output;
using TomoBackup.Policies;
using TomoBackup.Setup;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>check</c>: tries the whole way of a segment.</summary>
static class CheckVerb
{
    static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static VerbCommand Create()
    {
        var timeout = Symbols.Value<Duration>(
            "--timeout", "DURATION", "how long a segment may take into every repository; 60s otherwise",
            Duration.Form, Duration.TryParse);

        return new VerbCommand("check", "Try the set-up from end to end")
        {
            Section = VerbSection.SetUp,
            Details = """
                Looks at server, policy, keys and repository, marks a restore point, makes one
                WAL switch and waits until that very segment is in every repository and can be
                read back. Each probe is a line, and each failure names its remedy. Ends with 2
                for warnings, or with the code of the worst failure.
                """,
            Options = { timeout },
            Examples = [new("check", "after set-up, and whenever in doubt")],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong,
                ErrorCode.RepositoryDamaged, ErrorCode.WalConflict, ErrorCode.NotFound, ErrorCode.Refused,
                ErrorCode.Unavailable, ErrorCode.CannotWrite, ErrorCode.TryAgain),
            Run = (parsed, context, cancellationToken)
                => RunAsync(parsed.GetValue(timeout), context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(Duration? timeout, VerbContext context, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        var limit = timeout is { } given ? given.After(now) - now : DefaultTimeout;
        var policy = Probe.Good("policy", $"'{context.PolicyPath}', cluster '{context.Cluster().Name}'");
        CheckReport report;

        using (var progress = context.StartProgress())
            report = await context.Door(progress).CheckAsync(limit, cancellationToken).ConfigureAwait(false);

        report = report with { Probes = [policy, .. report.Probes] };
        CheckText.Show(report, context.Report);
        return (int)report.Result;
    }
}
