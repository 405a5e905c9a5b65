using System.Text;

namespace TomoBackup.Restores;

/// <summary>The settings that a restore appends to <c>postgresql.auto.conf</c>, where they win: pure text.</summary>
static class RecoveryConfiguration
{
    const string Begin = "# tomo-backup: recovery settings, begin";
    const string End = "# tomo-backup: recovery settings, end";

    /// <summary>The block for a plan.</summary>
    /// <param name="getCommand">The restore_command.</param>
    /// <param name="neverLower">Settings below which recovery refuses to go on, from the cluster that was backed
    /// up.</param>
    /// <param name="archives">False for a copy: it must never write into the archive it came from.</param>
    public static string Block(
        RestorePlan plan,
        string getCommand,
        IReadOnlyDictionary<string, string> neverLower,
        bool pause,
        bool archives)
    {
        var text = new StringBuilder().Append(Begin).Append('\n');

        void Set(string name, string value)
            => text.Append(name).Append(" = '")
                .Append(value.Replace("'", "''", StringComparison.Ordinal)).Append("'\n");

        Set("restore_command", getCommand);
        Set(plan.Goal.Setting, plan.Goal.Value);

        if (plan.Goal.Inclusive is { } inclusive)
            Set("recovery_target_inclusive", inclusive ? "on" : "off");

        Set("recovery_target_timeline", plan.Timeline.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Set("recovery_target_action", pause ? "pause" : "promote");
        Set("primary_conninfo", "");
        Set("primary_slot_name", "");

        foreach (var name in NeverLowered)
            if (neverLower.TryGetValue(name, out var value))
                Set(name, value);

        if (!archives)
            Set("archive_mode", "off");

        return text.Append(End).Append('\n').ToString();
    }

    /// <summary>The text without any such block; whatever else stands there stays byte for byte.</summary>
    public static string Without(string text)
    {
        while (text.IndexOf(Begin, StringComparison.Ordinal) is >= 0 and var begin
            && text.IndexOf(End, begin, StringComparison.Ordinal) is >= 0 and var end)
        {
            var after = end + End.Length;
            text = text[..begin] + text[(after < text.Length && text[after] == '\n' ? after + 1 : after)..];
        }

        return text;
    }

    /// <summary>The block's lasting part, for after recovery: a copy still must not archive.</summary>
    public static string Lasting(bool archives) => archives ? "" : $"{Begin}\narchive_mode = 'off'\n{End}\n";

    static readonly string[] NeverLowered =
    [
        "max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions",
        "max_locks_per_transaction",
    ];
}
