using TomoBackup.Cli.Output;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>policy check</c>: reads the policy, tells everything that is wrong with it, and reasons about
/// it.</summary>
static class PolicyCheckVerb
{
    public static VerbCommand Create()
    {
        var live = Symbols.Flag("--live", "also look at the servers, the repositories and this host");
        var strict = Symbols.Flag("--strict", "let remarks count as warnings");

        return new VerbCommand("check", "Tell the faults of the policy file, and what it means")
        {
            Section = VerbSection.SetUp,
            Details = """
                A faulty file is told line by line and nothing else. Otherwise: how much is lost
                at worst against each promise, then findings, each with its reason, a remedy
                and its place in the file. With --live also against what servers, repositories
                and this host say; what cannot be looked at is a finding as well. Changes
                nothing. Ends with 0 where there is no error and no warning, with 2 for
                warnings, with 78 for errors.
                """,
            Options = { live, strict },
            Examples =
            [
                new("policy check --policy ./policy.yaml", "before the file goes to /etc/tomo-backup"),
                new("policy check --live", "on the database host, as the user who runs backups"),
                new("--json policy check --strict", "in the pipeline of the repository that keeps the policy"),
            ],
            Exits = ExitMeaning.With(ErrorCode.Warnings),
            Run = (parsed, context, cancellationToken) => RunAsync(
                parsed.GetValue(live), parsed.GetValue(strict), context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(bool live, bool strict, VerbContext context, CancellationToken cancellationToken)
    {
        var policy = context.Policy();
        var observed = live
            ? await new PolicyObservation(context.Environment(Silent.Instance), policy, context.StateDirectory())
                .RunAsync(context.PolicyPath, cancellationToken).ConfigureAwait(false)
            : null;
        var report = new PolicyCheckReport(
            context.PolicyPath, policy, PolicyFile.Places(context.PolicyPath, context.Files),
            PolicyReviewer.Review(policy, observed, context.Time.GetUtcNow()), live, strict);

        PolicyCheckText.Show(report, context.Report);
        return (int)report.Result;
    }
}
