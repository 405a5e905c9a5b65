using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Server;
using TomoBackup.Setup;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>Verbs that set up: init.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>Makes repositories, keys and lineage; keeps what is there.</summary>
    public Task<InitReport> InitAsync(KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync("init", async () =>
        {
            var (system, major) = await IdentifyAsync(cancellationToken).ConfigureAwait(false);

            foreach (var place in _policy.Repositories)
                await _environment.InitializeStore(place, cancellationToken).ConfigureAwait(false);

            // First of all, for what is stored then goes by it.
            var services = await ProbeServicesAsync(cancellationToken).ConfigureAwait(false);
            var report = await new InitOperation(new InitContext
            {
                Cluster = _cluster.Name,
                SystemIdentifier = system,
                MajorVersion = major,
                Stores = [.. _policy.Repositories.Select(r => (r.Name, _environment.OpenStore(r)))],
                Recipients = [.. _policy.Encryption.Recipients.Select(ParseRecipient)],
                IdentityFile = _policy.Encryption.IdentityFile,
                GivenIdentities = keys.IdentityFiles,
                State = _state,
                Files = _environment.Files,
                Entropy = _environment.Entropy,
                Time = _environment.Time,
            }).RunAsync(cancellationToken).ConfigureAwait(false);
            return report with { Services = services };
        });

    async Task<IReadOnlyList<Probe>> ProbeServicesAsync(CancellationToken cancellationToken)
    {
        var service = new ServiceProbe(_environment.OpenStore, _state, _environment.Time, Failures.Understand);
        var found = new List<Probe>();

        foreach (var place in _policy.Repositories)
            found.AddRange(await service.RunAsync(place, cancellationToken).ConfigureAwait(false));

        return found;
    }

    /// <summary>From the server where it lets us in, from the data directory's control file where that is known: on a
    /// fresh server the role does not exist before <c>setup</c>.</summary>
    async Task<(string System, int Major)> IdentifyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var server = await ConnectAsync(cancellationToken).ConfigureAwait(false);

            await using (server.ConfigureAwait(false))
            {
                var facts = await server.ReadFactsAsync(cancellationToken).ConfigureAwait(false);
                return (facts.SystemIdentifier.ToString(CultureInfo.InvariantCulture), facts.Major);
            }
        }
        catch (PostgresServerException e) when (e.Failure is ServerFailure.Unreachable or ServerFailure.Denied
            && _cluster.DataDirectory is { } folder
            && _environment.Files.Stat($"{folder}/{DataDirectoryRules.ControlFilePath}") is not null)
        {
            var control = ControlFile.Parse(
                _environment.Files.ReadAll($"{folder}/{DataDirectoryRules.ControlFilePath}", ControlFile.FileBytes));
            return (control.SystemIdentifier.ToString(CultureInfo.InvariantCulture), control.MajorVersion);
        }
    }

    static AgeRecipient ParseRecipient(string text)
        => AgeRecipient.TryParse(text, out var recipient)
            ? recipient
            : throw TomoBackupException.Create(
                ErrorCode.Policy, $"'{text}' is not an age recipient",
                hint: "It begins with 'age1' and has 62 characters.");
}
