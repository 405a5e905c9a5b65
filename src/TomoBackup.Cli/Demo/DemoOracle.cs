using TomoBackup.Postgres.Server;

namespace TomoBackup.Cli.Demo;

/// <summary>Judges a cluster by what was noted before the disaster.</summary>
sealed class DemoOracle(DemoState expected)
{
    /// <summary>How the cluster differs; none means that it holds exactly the noted state. What the server cannot even
    /// read is a difference too (and nothing was found); a server that is gone is <see
    /// cref="PostgresServerException"/>.</summary>
    public async Task<(DemoState? Found, IReadOnlyList<string> Differences)> CompareAsync(
        DemoSession session, CancellationToken cancellationToken)
    {
        try
        {
            var found = await DemoStateReader.ReadAsync(session, cancellationToken).ConfigureAwait(false);
            return (found, DemoComparison.Differences(expected, found));
        }
        catch (PostgresServerException e) when (!e.IsTransient)
        {
            return (null, [e.Message]);
        }
    }
}
