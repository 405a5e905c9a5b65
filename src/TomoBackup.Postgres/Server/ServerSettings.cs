using System.Globalization;

namespace TomoBackup.Postgres.Server;

/// <summary>Rows of <c>pg_settings</c> in base units. The view leaves out what the role may not see, hence
/// <see cref="ServerFailure.Denied"/> for a missing one.</summary>
sealed class ServerSettings(IEnumerable<(string Name, string Value)> rows)
{
    readonly Dictionary<string, string> _values = rows.ToDictionary(
        static row => row.Name, static row => row.Value, StringComparer.Ordinal);

    public bool Has(string name) => _values.ContainsKey(name);

    public string Text(string name) => _values.TryGetValue(name, out var value)
        ? value
        : throw new PostgresServerException(
            ServerFailure.Denied,
            $"unable to read setting '{name}': the role may not see it (grant it pg_monitor or pg_read_all_settings)");

    public int Number(string name) => int.Parse(Text(name), CultureInfo.InvariantCulture);

    public bool Switch(string name) => Text(name) == "on";

    public List<string> List(string name) => SettingList.Split(Text(name));
}
