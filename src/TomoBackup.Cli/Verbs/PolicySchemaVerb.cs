using TomoBackup.Policies;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>policy schema</c>: the JSON Schema of the policy file.</summary>
static class PolicySchemaVerb
{
    public static VerbCommand Create()
        => new("schema", "Print the JSON Schema of the policy file, for editors")
        {
            Section = VerbSection.SetUp,
            Details = """
                Editors that know it complete and check a policy while it is written. Begin the
                policy with the line
                  # yaml-language-server: $schema=/etc/tomo-backup/policy.schema.json
                """,
            Examples = [new("policy schema", "print it; redirect it to /etc/tomo-backup/policy.schema.json")],
            Exits = ExitMeaning.Of(ErrorCode.Ok, ErrorCode.Defect, ErrorCode.Usage),
            Run = (_, context, _) =>
            {
                context.Report.Print(PolicySchema.Text());
                return Task.FromResult((int)ErrorCode.Ok);
            },
        };
}
