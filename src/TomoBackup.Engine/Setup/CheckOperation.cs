using TomoBackup.Policies.Review;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Setup;

/// <summary>
/// Tries the set-up from end to end. Goes on after a failure wherever the next question still makes sense, so that one
/// run names everything that is wrong.
/// </summary>
sealed class CheckOperation(CheckContext context)
{
    readonly List<Probe> _probes = [];
    double? _seconds;

    /// <summary>Runs it; a failure of what is probed is a line, never thrown.</summary>
    public async Task<CheckReport> RunAsync(CancellationToken cancellationToken)
    {
        var host = new HostProbes(context.Files, context.State);
        _probes.Add(host.StateDirectory());
        _probes.Add(host.SigningKey());

        var places = await PlacesAsync(cancellationToken).ConfigureAwait(false);
        _probes.Add(places.Count > 0
            ? host.IdKey(places[0].Lineage)
            : Probe.Skip("id key", "no repository can be read"));
        _probes.Add(await new RecoveryKeyProbe(context).RunAsync(places, cancellationToken).ConfigureAwait(false));

        await ServerAsync(host, places, cancellationToken).ConfigureAwait(false);
        return new CheckReport(context.Cluster.Name, _probes, _seconds);
    }

    async Task<List<CheckedPlace>> PlacesAsync(CancellationToken cancellationToken)
    {
        var probes = new RepositoryProbes(context);
        var service = new ServiceProbe(context.OpenStore, context.State, context.Time, context.Understand);
        var places = new List<CheckedPlace>();

        foreach (var policy in context.Repositories)
        {
            var (probe, place) = await probes.OpenAsync(policy, cancellationToken).ConfigureAwait(false);
            _probes.Add(probe);

            if (place is null)
                continue;

            places.Add(place);
            _probes.AddRange(await service.RunAsync(policy, cancellationToken).ConfigureAwait(false));
            _probes.Add(await probes.RoomAsync(policy, place, cancellationToken).ConfigureAwait(false));
        }

        return places;
    }

    async Task ServerAsync(HostProbes host, List<CheckedPlace> places, CancellationToken cancellationToken)
    {
        try
        {
            var server = await context.Connect(cancellationToken).ConfigureAwait(false);

            await using (server.ConfigureAwait(false))
                await ServerAsync(server, host, places, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (context.Understand(e) is { } failure)
        {
            _probes.Add(Probe.Fail("server", failure));
            _probes.Add(Probe.Skip("archive_command", "the server could not be asked"));
        }
    }

    async Task ServerAsync(
        IPostgresServer server, HostProbes host, List<CheckedPlace> places, CancellationToken cancellationToken)
    {
        var role = ServerAddress.Parse(context.Cluster.Connection.ToString()).User;
        var rights = await server.ReadArchivingAsync(role, cancellationToken).ConfigureAwait(false);
        _probes.Add(ServerProbes.Role(rights));

        var facts = await server.ReadFactsAsync(cancellationToken).ConfigureAwait(false);
        _probes.Add(Probe.Good("server", $"PostgreSQL {facts.Version} at {server.Address}"));

        foreach (var place in places.Take(1))
            _probes.Add(ServerProbes.Identity(facts, place.Lineage));

        _probes.AddRange(ServerProbes.Settings(facts, context.Cluster.Wal.ArchiveTimeout.Longest));
        _probes.Add(host.DataDirectory(facts.DataDirectory, context.Cluster.DataDirectory));

        foreach (var policy in context.Repositories.Where(r => places.Any(p => p.Repository.Name == r.Name)))
            _probes.Add(new RepositoryProbes(context).Place(policy, facts.DataDirectory));

        await ArchiveAsync(server, facts, places, cancellationToken).ConfigureAwait(false);
    }

    async Task ArchiveAsync(
        IPostgresServer server, ServerFacts facts, List<CheckedPlace> places, CancellationToken cancellationToken)
    {
        string[] needed = ["role", "identity", "recovery", "wal_level", "archive_mode", "archive_library"];

        if (_probes.FirstOrDefault(p => p.Outcome == ProbeOutcome.Failed && needed.Contains(p.Name)) is { } fault)
            _probes.Add(Probe.Skip("archive_command", $"'{fault.Name}' failed"));
        else if (!places.Exists(IsWritten))
            _probes.Add(Probe.Skip("archive_command", "no repository can be read"));
        else
        {
            var (probes, seconds) = await new ArchiveProbe(context, server, facts)
                .RunAsync([.. places.Where(IsWritten)], cancellationToken).ConfigureAwait(false);
            _probes.AddRange(probes);
            _seconds = seconds;
        }
    }

    /// <summary>False where <c>follow</c> brings the segment, in its own time.</summary>
    bool IsWritten(CheckedPlace place)
        => context.Repositories.Any(r => r.Name == place.Repository.Name && r.Follows is null);
}
