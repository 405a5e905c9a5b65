using System.Collections.Frozen;
using System.Globalization;
using Npgsql;

namespace TomoBackup.Postgres.Server;

/// <summary>
/// A connection string in libpq's own spelling (<c>host=/run/postgresql port=5432 user=backup dbname=postgres</c>),
/// because that is what every PostgreSQL tool takes. Values may be quoted with ' and escaped with \. A password is
/// refused: it belongs into a passfile.
/// </summary>
public sealed class ServerAddress
{
    const string DefaultSocketDirectory = "/var/run/postgresql";
    const int DefaultPort = 5432;
    const int DefaultConnectSeconds = 15;

    /// <summary>Longest silence in seconds before a dead peer is probed: NAT boxes forget idle sessions after
    /// 300.</summary>
    const int KeepAliveSeconds = 30;

    static readonly FrozenDictionary<string, SslMode> SslModes = new Dictionary<string, SslMode>
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    readonly NpgsqlConnectionStringBuilder _settings;

    ServerAddress(NpgsqlConnectionStringBuilder settings) => _settings = settings;

    /// <summary>Host name, or directory of the socket.</summary>
    public string Host => _settings.Host!;

    /// <summary>Port.</summary>
    public int Port => _settings.Port;

    /// <summary>Role.</summary>
    public string User => _settings.Username!;

    /// <summary>Database.</summary>
    public string Database => _settings.Database!;

    /// <summary>True where the session goes through a socket of this machine.</summary>
    public bool IsLocal => Host.StartsWith('/');

    /// <summary>True where TLS may be spoken.</summary>
    public bool MayEncrypt => _settings.SslMode != SslMode.Disable;

    /// <summary>Reads a libpq connection string; <see cref="FormatException"/> says what is wrong with it.</summary>
    public static ServerAddress Parse(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = DefaultSocketDirectory,
            Port = DefaultPort,
            Username = Environment.UserName,
            ApplicationName = "tomo-backup",
            Timeout = DefaultConnectSeconds,
            Pooling = false,
            Enlist = false,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };

        foreach (var (key, value) in ConnectionWords.Split(text))
            Apply(settings, key, value);

        if (settings.Host!.StartsWith('/'))
            settings.SslMode = SslMode.Disable;
        else
            KeepAlive(settings);

        settings.Database ??= settings.Username;
        return new ServerAddress(settings);
    }

    /// <summary>The same server and role, another database.</summary>
    public ServerAddress WithDatabase(string database)
        => new(new NpgsqlConnectionStringBuilder(_settings.ConnectionString) { Database = database });

    /// <summary>Without secrets, for messages.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"host={Host} port={Port} user={User} dbname={Database}");

    /// <summary>In Npgsql's spelling.</summary>
    internal string ToNpgsql() => _settings.ConnectionString;

    static void Apply(NpgsqlConnectionStringBuilder settings, string key, string value)
    {
        switch (key)
        {
            case "host" when value.Contains(',', StringComparison.Ordinal):
                throw new FormatException($"connection has several hosts '{value}': name one");
            case "host":
                settings.Host = value;
                break;
            case "port":
                settings.Port = Number(key, value, 65_535);
                break;
            case "user":
                settings.Username = value;
                break;
            case "dbname":
                settings.Database = value;
                break;
            case "passfile":
                settings.Passfile = value;
                break;
            case "sslmode":
                settings.SslMode = SslModes.TryGetValue(value, out var mode)
                    ? mode
                    : throw new FormatException($"connection has sslmode '{value}': one of {Names(SslModes.Keys)}");
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "connect_timeout":
                settings.Timeout = Number(key, value, 1024);
                break;
            case "application_name":
                settings.ApplicationName = value;
                break;
            case "password":
                throw new FormatException("connection has a password: put it into a passfile (passfile=…)");
            default:
                throw new FormatException($"connection has an unknown key '{key}': known are host, port, user, dbname, "
                    + "passfile, sslmode, sslrootcert, connect_timeout, application_name");
        }
    }

    /// <summary>A socket of this machine knows no such option, and needs none.</summary>
    static void KeepAlive(NpgsqlConnectionStringBuilder settings)
    {
        settings.TcpKeepAlive = true;
        settings.TcpKeepAliveTime = KeepAliveSeconds;
        settings.TcpKeepAliveInterval = KeepAliveSeconds / 3;
    }

    static int Number(string key, string value, int most)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new FormatException($"connection has {key} '{value}': a number up to {most}");

    static string Names(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));
}
