using System.Globalization;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Setup;

/// <summary>Compares a server with what backups and archiving need: pure.</summary>
static class SetupPlanner
{
    /// <summary>Since 17 the server can note changed blocks, which incremental backups read.</summary>
    const int FirstWithSummaries = 17;

    /// <summary>All that is missing.</summary>
    /// <param name="command">The text that archive_command is to have.</param>
    /// <param name="timeout">What archive_timeout is to be: every figure of the policy follows from it.</param>
    public static SetupPlan Plan(ArchivingFacts facts, string command, TimeSpan timeout)
    {
        var steps = RoleSteps(facts).ToList();
        var waiting = new List<string>();
        var remarks = new List<string>();

        foreach (var (name, value, isRight, reason) in Wanted(facts, command, timeout))
        {
            var setting = facts.Settings[name];

            if (IsHidden(name, facts))
                waiting.Add(name);
            else if (!isRight(Coming(name, setting)))
                steps.Add(new SetupStep(
                    $"ALTER SYSTEM SET {name} = {SqlText.Literal(value)}", reason, NeedsRestart(name)));
            else if (setting.AwaitsRestart)
                waiting.Add(name);
        }

        if (Coming("archive_command", facts.Settings["archive_command"]) is { Length: > 0 } before && before != command)
            remarks.Add($"archive_command is '{before}' and would be replaced: whatever archives there now stops");

        if (facts.Settings["archive_library"].Current is { Length: > 0 } library)
            remarks.Add($"archive_library is '{library}' and would be cleared: whatever archives there now stops");

        return new SetupPlan(steps, waiting, remarks);
    }

    /// <summary>What the role lacks.</summary>
    public static IEnumerable<SetupStep> RoleSteps(ArchivingFacts facts)
    {
        var role = SqlText.Name(facts.RoleName);

        if (facts.Role is not { } present)
        {
            yield return new SetupStep($"CREATE ROLE {role} LOGIN", "the policy's role does not exist");
            present = new RoleFacts(
                CanLogin: true, IsSuperuser: false, Inherits: true, [.. BackupRights.Roles, .. BackupRights.Functions]);
        }

        if (!present.CanLogin)
            yield return new SetupStep($"ALTER ROLE {role} LOGIN", "the policy's role may not log in");

        if (present.IsSuperuser)
            yield break;

        if (!present.Inherits && present.Missing.Any(BackupRights.Roles.Contains))
            yield return new SetupStep($"ALTER ROLE {role} INHERIT", "its memberships would not count");

        var inherit = !present.Inherits && facts.Major >= 16 ? " WITH INHERIT TRUE" : "";

        foreach (var right in present.Missing)
            yield return BackupRights.Roles.Contains(right)
                ? new SetupStep($"GRANT {right} TO {role}{inherit}", MembershipReason(right))
                : new SetupStep($"GRANT EXECUTE ON FUNCTION pg_catalog.{right} TO {role}", FunctionReason(right));
    }

    static IEnumerable<(string Name, string Value, Func<string, bool> IsRight, string Reason)> Wanted(
        ArchivingFacts facts, string command, TimeSpan timeout)
    {
        var seconds = timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

        yield return ("wal_level", "replica", v => v != "minimal", "'minimal' allows no backup");
        yield return ("archive_mode", "on", v => v != "off", "without it no WAL is archived");

        if (facts.Settings.ContainsKey("archive_library"))
            yield return ("archive_library", "", v => v.Length == 0,
                "together with a command the archiver never runs");

        yield return ("archive_command", command, v => v == command, "hands each WAL segment to this program");
        yield return ("archive_timeout", $"{seconds}s", v => v == seconds,
            "as the policy has it: so long at most the last commits of a quiet hour are on this host only");

        if (facts.Major >= FirstWithSummaries)
            yield return ("summarize_wal", "on", v => v is "on" or "true" or "1" or "yes",
                "notes changed blocks, which incremental backups will need");
    }

    /// <summary>What a restart or reload would bring, where that is known.</summary>
    static string Coming(string name, SettingFacts setting)
        => setting.AwaitsRestart || (name == "archive_command" && setting.Current == "(disabled)")
            ? setting.Configured ?? (setting.AwaitsRestart ? setting.Current : "")
            : setting.Current;

    /// <summary>Only a superuser sees what the files hold. A role that is told of a waiting value takes it for the
    /// right one: after the restart it sees for itself.</summary>
    static bool IsHidden(string name, ArchivingFacts facts)
    {
        var setting = facts.Settings[name];

        return setting.Configured is null
            && (setting.AwaitsRestart
                || (name == "archive_command" && setting.Current == "(disabled)"
                    && facts.Settings["archive_mode"] is { AwaitsRestart: true, Configured: null }));
    }

    static bool NeedsRestart(string name) => name is "wal_level" or "archive_mode";

    static string MembershipReason(string role)
        => role switch
        {
            "pg_monitor" => "to see the archiver and the state of WAL",
            "pg_checkpoint" => "to begin a backup without waiting for a checkpoint",
            _ => "to read where data directory and configuration lie",
        };

    static string FunctionReason(string function)
        => function.StartsWith("pg_backup", StringComparison.Ordinal) ? "to begin and end a backup"
            : function.StartsWith("pg_switch", StringComparison.Ordinal) ? "to close a segment, so that it is archived"
            : "to mark the moment that 'check' looks for";
}
