using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Setup;

/// <summary>What <c>setup</c> works with.</summary>
sealed record SetupContext
{
    public required ClusterPolicy Cluster { get; init; }

    /// <summary>The text that archive_command is to have.</summary>
    public required string Command { get; init; }

    /// <summary>Who may change the server.</summary>
    public required string Superuser { get; init; }

    public required Func<string, CancellationToken, Task<IPostgresServer>> Connect { get; init; }
}

/// <summary>
/// Prepares the server. Looks through the eyes of the policy's role where that can connect, and of the superuser where
/// it cannot, as on a fresh server, or where something is to be changed.
/// </summary>
sealed class SetupOperation(SetupContext context)
{
    ConnectionSettings Own => context.Cluster.Connection;

    string Role => ServerAddress.Parse(Own.ToString()).User;

    /// <summary>Shows what is missing; with <paramref name="apply"/> it does it.</summary>
    public async Task<SetupReport> RunAsync(bool apply, CancellationToken cancellationToken)
    {
        var refusal = await RefusalAsync(cancellationToken).ConfigureAwait(false);
        var asSuperuser = apply || refusal is not null;
        var server = await context.Connect(
            asSuperuser ? AsSuperuser().ToString() : Own.ToString(), cancellationToken).ConfigureAwait(false);

        await using (server.ConfigureAwait(false))
        {
            var facts = await server.ReadArchivingAsync(Role, cancellationToken).ConfigureAwait(false);
            var plan = SetupPlanner.Plan(
                facts, context.Command, context.Cluster.Wal.ArchiveTimeout.Longest);

            return apply && plan.Steps.Count > 0
                ? await ApplyAsync(server, plan, cancellationToken).ConfigureAwait(false)
                : new SetupReport(
                    context.Cluster.Name, Role, server.Address, plan, Applied: false, plan.AwaitRestart,
                    facts.Role is { CanLogin: true } ? refusal : null);
        }
    }

    async Task<SetupReport> ApplyAsync(IPostgresServer server, SetupPlan plan, CancellationToken cancellationToken)
    {
        await server.ApplyAsync(plan.Statements(), cancellationToken).ConfigureAwait(false);
        var waiting = plan.Steps.Where(step => step.NeedsRestart).Select(NameOf).Concat(plan.AwaitRestart);

        return new SetupReport(
            context.Cluster.Name, Role, server.Address, plan, Applied: true, [.. waiting],
            await RefusalAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Why the policy's role may not connect; null where it may. A server that does not answer is a failure of
    /// its own.</summary>
    async Task<string?> RefusalAsync(CancellationToken cancellationToken)
    {
        try
        {
            var server = await context.Connect(Own.ToString(), cancellationToken).ConfigureAwait(false);
            await server.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (PostgresServerException e) when (e.Failure == ServerFailure.Denied)
        {
            return e.Message;
        }
    }

    ConnectionSettings AsSuperuser()
        => new()
        {
            Parameters = new OrderedDictionary<string, string>(Own.Parameters)
            {
                ["user"] = context.Superuser,
                ["dbname"] = Own.Database,
            },
        };

    static string NameOf(SetupStep step) => step.Statement.Split(' ')[3];
}
