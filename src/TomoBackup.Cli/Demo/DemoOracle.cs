using TomoBackup.Postgres.Server;

namespace TomoBackup.Cli.Demo;

/// <summary>Judges a cluster by what was noted before the disaster.</summary>
sealed class DemoOracle(DemoState expected)
{
    /// <summary>How the cluster differs; none means that it holds exactly the noted state. What the server cannot even
    /// read is a difference too; a server that is gone is <see cref="PostgresServerException"/>.</summary>
    public async Task<IReadOnlyList<string>> CompareAsync(DemoSession session, CancellationToken cancellationToken)
    {
        try
        {
            return DemoComparison.Differences(
                expected, await DemoStateReader.ReadAsync(session, cancellationToken).ConfigureAwait(false));
        }
        catch (PostgresServerException e) when (!e.IsTransient)
        {
            return [e.Message];
        }
    }
}
