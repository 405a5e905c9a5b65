namespace TomoBackup.Postgres.Server;

/// <summary>What can be read without any right about a role that is to back up, and about the settings that archiving
/// hangs on.</summary>
public sealed record ArchivingFacts
{
    /// <summary>15, 16, 17, 18.</summary>
    public required int Major { get; init; }

    /// <summary>The role that was asked about.</summary>
    public required string RoleName { get; init; }

    /// <summary>Null where there is no such role.</summary>
    public required RoleFacts? Role { get; init; }

    /// <summary>By name, those of <see cref="SettingNames"/> that this version has.</summary>
    public required IReadOnlyDictionary<string, SettingFacts> Settings { get; init; }

    /// <summary>The settings that are read.</summary>
    public static IReadOnlyList<string> SettingNames { get; } =
    [
        "wal_level", "archive_mode", "archive_command", "archive_library", "archive_timeout", "summarize_wal",
    ];
}

/// <summary>What a role may do of what a backup needs.</summary>
/// <param name="CanLogin">It may open a session.</param>
/// <param name="IsSuperuser">It may do everything.</param>
/// <param name="Inherits">Memberships count without SET ROLE.</param>
/// <param name="Missing">Of <see cref="BackupRights"/>, those that it has not; empty for a superuser.</param>
public sealed record RoleFacts(bool CanLogin, bool IsSuperuser, bool Inherits, IReadOnlyList<string> Missing);

/// <summary>One setting.</summary>
/// <param name="Current">In effect, in base units. A command is shown as <c>(disabled)</c> while archiving is
/// off.</param>
/// <param name="Configured">In the configuration files; null where none names it, or where the role may not
/// look.</param>
/// <param name="AwaitsRestart">True where the files hold another value, which a restart brings.</param>
public sealed record SettingFacts(string Current, string? Configured, bool AwaitsRestart);

/// <summary>The rights that a backup by file copy and archiving need (docs: 26.3.3, 9.28, 21.5).</summary>
public static class BackupRights
{
    /// <summary>Roles to be a member of.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["pg_monitor", "pg_checkpoint", "pg_read_all_settings"];

    /// <summary>Functions to execute, with their signatures.</summary>
    public static IReadOnlyList<string> Functions { get; } =
    [
        "pg_backup_start(text, boolean)", "pg_backup_stop(boolean)", "pg_switch_wal()",
        "pg_create_restore_point(text)",
    ];
}
