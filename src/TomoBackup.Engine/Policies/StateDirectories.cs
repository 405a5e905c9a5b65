namespace TomoBackup.Policies;

/// <summary>Where open epoch keys, spool and caches lie when the policy does not say.</summary>
public static class StateDirectories
{
    /// <summary>The place of a service, made by the package.</summary>
    public const string System = "/var/lib/tomo-backup";

    /// <summary>
    /// <see cref="System"/> for root and for whoever may write there; else <c>tomo-backup</c> in the state folder of
    /// the user (https://specifications.freedesktop.org/basedir-spec). It need not exist yet.
    /// </summary>
    /// <param name="isRoot">Whether this process may write anywhere.</param>
    /// <param name="isWritable">Whether a directory exists and this process may write into it.</param>
    /// <param name="environment">The value of an environment variable, null where it is not set.</param>
    public static string Default(bool isRoot, Func<string, bool> isWritable, Func<string, string?> environment)
    {
        if (isRoot || isWritable(System))
            return System;

        if (environment("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state))
            return Path.Combine(state, "tomo-backup");

        return environment("HOME") is { Length: > 0 } home
            ? Path.Combine(home, ".local", "state", "tomo-backup")
            : throw TomoBackupException.Create(
                ErrorCode.Policy,
                $"no place for state: '{System}' is not writable and HOME is not set",
                hint: "Set 'state_directory' in the policy.");
    }
}
