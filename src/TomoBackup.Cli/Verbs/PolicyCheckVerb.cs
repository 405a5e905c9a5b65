using TomoBackup.Cli.Output.Json;
using TomoBackup.Policies;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>policy check</c>: reads the policy and tells everything that is wrong with it.</summary>
static class PolicyCheckVerb
{
    public static VerbCommand Create()
        => new("check", "Read the policy file and tell all its faults")
        {
            Section = VerbSection.SetUp,
            Details = """
                What the policy promises and this version does not execute yet is told, so
                that nothing is promised in silence.
                """,
            Examples = [new("policy check --policy ./policy.yaml", "before the file goes to /etc/tomo-backup")],
            Exits = ExitMeaning.With(),
            Run = (_, context, _) => Task.FromResult(Run(context)),
        };

    static int Run(VerbContext context)
    {
        var policy = context.Policy();
        var clusters = policy.Clusters.Select(cluster => cluster.Name).ToList();
        var repositories = policy.Repositories.Select(repository => repository.Name).ToList();
        var mode = policy.Encryption.IdentityFile is null ? "sealed" : "simple";

        if (context.Report.IsJson)
            context.Report.Answer(
                new PolicyCheckDocument(context.PolicyPath, clusters, repositories, mode),
                ReportJson.Plain.PolicyCheckDocument);

        context.Report.Say($"policy '{context.PolicyPath}' is in order");
        context.Report.Say($"  clusters      {string.Join(", ", clusters)}");
        context.Report.Say($"  repositories  {string.Join(", ", repositories)}");
        context.Report.Say($"  mode          {mode}: this host {(mode is "simple" ? "can" : "cannot")} read backups");

        foreach (var part in UnexecutedParts.Of(policy))
            context.Report.Warn($"'{part.Path}' is not executed by this version: {part.Reason}");

        return (int)ErrorCode.Ok;
    }
}
