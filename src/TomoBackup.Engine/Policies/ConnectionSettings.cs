namespace TomoBackup.Policies;

/// <summary>
/// How to reach a server, in libpq's words (<c>host=/var/run/postgresql port=5432 user=tomo_backup</c>), without a
/// secret: passwords come from a passfile, as libpq reads it (https://www.postgresql.org/docs/18/libpq-pgpass.html).
/// </summary>
public sealed record ConnectionSettings
{
    /// <summary>The keys that are understood, in libpq's spelling.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "host", "port", "user", "dbname", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey",
        "connect_timeout", "application_name",
    ];

    /// <summary>Nothing said: for a restore that meets no server.</summary>
    public static ConnectionSettings None { get; } = new() { Parameters = new Dictionary<string, string>() };

    /// <summary>The parameters that were given, by libpq's key, in the order of the text.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Host name or socket directory; null for the default.</summary>
    public string? Host => Parameters.GetValueOrDefault("host");

    /// <summary>Port; PostgreSQL's own where none is given.</summary>
    public int Port => Parameters.TryGetValue("port", out var port) ? PortNumber(port)!.Value : 5432;

    /// <summary>Role; null for the default.</summary>
    public string? User => Parameters.GetValueOrDefault("user");

    /// <summary>Database to connect to; one that always exists where none is given.</summary>
    public string Database => Parameters.GetValueOrDefault("dbname", "postgres");

    /// <summary>File with passwords; null for libpq's default place.</summary>
    public string? PassFile => Parameters.GetValueOrDefault("passfile");

    /// <summary>As a connection string of libpq: <c>host='/tmp' port='5432'</c>.</summary>
    public override string ToString()
        => string.Join(' ', Parameters.Select(pair => $"{pair.Key}={Quoted(pair.Value)}"));

    /// <summary>Reads a connection string. Faults name keys, never values: a value may be a misplaced secret.</summary>
    /// <returns>Null where there is a fault.</returns>
    public static ConnectionSettings? Parse(string text, ICollection<string> faults)
    {
        var pairs = KeyValueText.Split(text, out var fault);
        var found = new OrderedDictionary<string, string>();
        var before = faults.Count;

        if (fault is not null)
            faults.Add(fault);

        foreach (var (key, value) in pairs)
        {
            if (FaultOf(key, value) is { } wrong)
                faults.Add(wrong);
            else if (!found.TryAdd(key, value))
                faults.Add($"connection names '{key}' twice");
        }

        return faults.Count == before ? new ConnectionSettings { Parameters = found } : null;
    }

    static string? FaultOf(string key, string value)
        => key switch
        {
            "password" or "sslpassword" => $"connection holds a '{key}'; a policy holds no secrets: use passfile=FILE",
            "port" when PortNumber(value) is null => "connection's 'port' is not a number from 1 to 65535",
            "connect_timeout" when !uint.TryParse(value, out _) => "connection's 'connect_timeout' is not a number",
            "sslmode" when !SslModes.Contains(value)
                => $"connection's 'sslmode' is none of {string.Join(", ", SslModes)}",
            "passfile" or "sslrootcert" or "sslcert" or "sslkey" when !value.StartsWith('/')
                => $"connection's '{key}' is not an absolute path",
            _ when Keys.Contains(key) => null,
            _ when NearestWord.Find(key, Keys) is { } near => $"connection has no key '{key}'; did you mean '{near}'?",
            _ => $"connection has no key '{key}'; it knows {string.Join(", ", Keys)}",
        };

    static int? PortNumber(string text) => ushort.TryParse(text, out var port) && port > 0 ? port : null;

    static string Quoted(string value)
        => $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    static readonly string[] SslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
}
