namespace TomoBackup.Policies.Rendering;

/// <summary>The sections for the auditor: controls, and when the policy is looked at again.</summary>
static class ControlSections
{
    public static DocumentSection Controls(BackupPolicy policy, UnexecutedNotes notes) => new(
        "controls", "Control mapping",
        policy.Compliance is null
            ? [new DocumentBlock.Paragraph($"The policy names no framework of controls.")]
            :
            [
                new DocumentBlock.Grid(
                    ["SOC 2", "Asks for", "Answered by", "Can be seen in"],
                    [
                        [
                            $"*A1.2*", $"backup processes and recovery infrastructure",
                            $"Architecture, Encryption, Retention",
                            $"`tomo-backup list`, `tomo-backup show latest`, `tomo-backup check`",
                        ],
                        [
                            $"*A1.3*", $"recovery procedures that are tested",
                            $"Testing, and the four restore procedures",
                            $"records of restore tests and drills",
                        ],
                        [
                            $"*CC7.4*", $"response to and recovery from security incidents",
                            $"the four restore procedures, above all the one from elsewhere alone",
                            $"the incident's record beside the objectives",
                        ],
                        [
                            $"*CC6.1*", $"protection of backup data against access", $"Encryption",
                            $"`tomo-backup key show`, `tomo-backup key check`",
                        ],
                    ]),
                .. notes.At("compliance"),
            ]);

    public static DocumentSection Review(BackupPolicy policy)
    {
        var header = policy.Header;

        return new DocumentSection("review", "Review",
        [
            new DocumentBlock.Paragraph(
                $"""
                The policy is reviewed at its date, after each incident that needed a restore, and whenever an objective
                was missed.
                """),
            new DocumentBlock.Grid(
                ["Date", "Meaning"],
                [
                    [$"{PolicyWords.Of(header.Effective):strong}", $"it holds since"],
                    [$"{PolicyWords.Of(header.LastReview):strong}", $"it was last reviewed"],
                    [$"{PolicyWords.Of(header.NextReview):strong}", $"it must be reviewed again by"],
                ]),
        ]);
    }
}
