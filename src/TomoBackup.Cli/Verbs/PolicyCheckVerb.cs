using TomoBackup.Cli.Output.Json;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>policy check</c>: reads the policy and tells everything that is wrong with it.</summary>
static class PolicyCheckVerb
{
    public static VerbCommand Create()
        => new("check", "Read the policy file and tell all its faults")
        {
            Section = VerbSection.SetUp,
            Details = """
                A section that this version does not execute is a fault: nothing is promised
                that is not kept.
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
        return (int)ErrorCode.Ok;
    }
}
