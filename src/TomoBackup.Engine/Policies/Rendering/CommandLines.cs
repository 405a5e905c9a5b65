namespace TomoBackup.Policies.Rendering;

/// <summary>The command lines of one installation, as they are typed.</summary>
/// <param name="policy">Whose names and paths they hold.</param>
/// <param name="cluster">The cluster that they are about.</param>
sealed class CommandLines(BackupPolicy policy, ClusterPolicy cluster)
{
    /// <summary>A moment to be replaced; it is one, so that the line is understood as it stands.</summary>
    public const string Moment = "'2026-01-31 14:02:59'";

    /// <summary>A port that no server of the host uses by default.</summary>
    public const int SidePort = 5499;

    /// <summary>Where a person writes the name of a bucket's key, on a machine without a policy.</summary>
    public const string AccessKeyFile = "store.id";

    /// <summary>Where a person writes its secret.</summary>
    public const string SecretKeyFile = "store.key";

    /// <summary>Where a person lays the certificate of a service's own authority.</summary>
    public const string AuthorityFile = "authority.pem";

    const string Safe = "-_./:=@+,";

    /// <summary>Where copies are restored beside the running server.</summary>
    public string SideDirectory => $"/srv/tomo-restore/{cluster.Name}";

    /// <summary>A line of this program.</summary>
    public string Tool(string words)
        => policy.Clusters.Count > 1 ? $"tomo-backup --cluster {cluster.Name} {words}" : $"tomo-backup {words}";

    /// <summary>A restore from a repository of the policy, to the cluster's own place where that is known.</summary>
    public string Restore(string target, RepositoryPolicy from, string rest)
        => Tool($"restore {target} {(cluster.DataDirectory is null ? $"--into {SideDirectory}" : "--in-place")}"
            + $"{Repository(from)} {rest}");

    /// <summary>A restore beside the running server.</summary>
    public string RestoreAside(string target, RepositoryPolicy from, string rest)
        => Tool($"restore {target} --into {SideDirectory}{Repository(from)} {rest}".TrimEnd());

    /// <summary>A restore on a machine that has no policy.</summary>
    public string RestoreFrom(RepositoryPolicy place, string target, string directory, string rest)
        => $"tomo-backup --cluster {cluster.Name} restore {From(place)} --identity escrow.key "
            + $"--signing-key FINGERPRINT {target} --into {Quoted(directory)} {rest}";

    /// <summary>A repository's address and, for a bucket, all that leads to it. The others take the agent's key or
    /// rclone's own configuration.</summary>
    static string From(RepositoryPolicy place)
    {
        var words = new List<string> { $"--from {Quoted($"{place.Store}")}" };

        if (place.Store.IsBucket)
        {
            if (place.Endpoint is { } service)
                words.Add($"--endpoint {Quoted(service.GetLeftPart(UriPartial.Authority))}");

            if (place.Region is { } region)
                words.Add($"--region {Quoted(region)}");

            if (place.CertificateAuthority is not null)
                words.Add($"--ca-file {AuthorityFile}");

            words.Add($"--access-key {AccessKeyFile} --secret-key {SecretKeyFile}");
        }

        return string.Join(' ', words);
    }

    /// <summary>Stops the server.</summary>
    public string Stop()
        => cluster.DataDirectory is { } directory
            ? $"pg_ctl stop --mode fast --pgdata {Quoted(directory)}"
            : "systemctl stop postgresql";

    /// <summary>A question by psql.</summary>
    /// <param name="database">Where it is asked.</param>
    /// <param name="sql">The question.</param>
    /// <param name="port">The server's port.</param>
    public string Psql(string database, string sql, int port)
        => $"psql {Quoted(Server(database, port))} --command "
            + Quoted(string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>How libpq reaches a server of this host.</summary>
    public string Server(string database, int port)
        => $"{(cluster.Connection.Host is ['/', ..] host ? $"host={host} " : "")}port={port} dbname={database}";

    /// <summary>As one word of a shell.</summary>
    public static string Quoted(string text)
        => text.All(letter => char.IsAsciiLetterOrDigit(letter) || Safe.Contains(letter, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    string Repository(RepositoryPolicy from)
        => policy.Repositories.Count > 1 ? $" --repository {from.Name}" : "";
}
