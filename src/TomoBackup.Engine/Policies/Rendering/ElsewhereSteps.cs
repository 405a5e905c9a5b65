namespace TomoBackup.Policies.Rendering;

/// <summary>What a new machine needs before it can look into a repository: neither the policy nor the old host is
/// there.</summary>
static class ElsewhereSteps
{
    /// <summary>In the order in which they are done.</summary>
    public static IEnumerable<DocumentStep> Reach(RepositoryPolicy place) => place.Store switch
    {
        { IsDirectory: true } => [new($"Mount the place on the new machine, read-only if that is possible.")],
        { IsBucket: true } => Bucket(place),
        { Server: not null } => Server(place),
        _ => Remote(place),
    };

    static IEnumerable<DocumentStep> Bucket(RepositoryPolicy place)
    {
        yield return new(
            $"""
            Write the name and the secret of a key that may read {place.Store:code} into
            {CommandLines.AccessKeyFile:code} and {CommandLines.SecretKeyFile:code}, mode 0600.
            The provider's console gives one where the host's is lost.
            """);

        if (place.CertificateAuthority is not null)
            yield return new(
                $"""
                Lay the certificate of the authority that vouches for the service into
                {CommandLines.AuthorityFile:code}.
                """);

        yield return new(
            $"""
            If somebody had the host, or the key: look at the bucket as it was before, and give all lines below
            `--as-of TIME`. That needs a key that may read versions.
            """);
    }

    static IEnumerable<DocumentStep> Server(RepositoryPolicy place) =>
    [
        new(
            $"""
            Give the agent a private key that {place.Store.Container:code} lets in, and leave it there until recovery
            has ended: PostgreSQL fetches WAL through it. The host's own key is lost with the host.
            """,
            "ssh-add login.key"),
        place.HostKey is { } fingerprint
            ? new($"Put the server's host key into `~/.ssh/known_hosts`. Its fingerprint must be {fingerprint:code}.")
            : new($"Put the server's host key into `~/.ssh/known_hosts`, from a copy that came by another way."),
    ];

    static IEnumerable<DocumentStep> Remote(RepositoryPolicy place) =>
    [
        new(
            $"""
            Install rclone 1.63 or newer, and bring back the configuration that knows the remote
            {place.Store.Container:code}; it holds its own credentials.
            """,
            $"rclone lsf {CommandLines.Quoted($"{place.Store.Container}:{place.Store.Prefix}")}"),
    ];
}
