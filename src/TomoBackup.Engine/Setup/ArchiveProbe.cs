using System.Globalization;
using System.Text.Json;
using TomoBackup.Archiving;
using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Setup;

/// <summary>
/// The end-to-end probe: marks a moment in the log, closes its segment, waits until that very segment is in every
/// repository, and reads it back. Nothing but the segment itself proves that archive_command leads here.
/// </summary>
sealed class ArchiveProbe(CheckContext context, IPostgresServer server, ServerFacts facts)
{
    const string Name = "archive_command";

    /// <summary>A restore point has about a hundred bytes; nearer to a segment's start it may have run
    /// across.</summary>
    const int RoomForRecord = 1024;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The archiver reports before the segment would be listed on no store that we have, but a moment costs
    /// nothing.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    readonly WalSegmentSize _size = new(facts.Wal.SegmentSize);

    /// <summary>Probes, and the seconds that the segment took.</summary>
    public async Task<(IReadOnlyList<Probe> Probes, double? Seconds)> RunAsync(
        IReadOnlyList<CheckedPlace> places, CancellationToken cancellationToken)
    {
        var before = await server.ArchiverStatusAsync(cancellationToken).ConfigureAwait(false);
        var began = context.Time.GetTimestamp();
        var (point, segment) = await MarkAsync(cancellationToken).ConfigureAwait(false);
        var name = segment.Name(_size);
        context.Progress.Report(new OperationProgress($"waiting for WAL segment {name}", 0, null));

        if (await WaitAsync(places, name, before, began, cancellationToken).ConfigureAwait(false) is { } verdict)
            return ([verdict], null);

        var seconds = context.Time.GetElapsedTime(began).TotalSeconds;
        var probes = new List<Probe>
        {
            Probe.Good(Name, string.Create(CultureInfo.InvariantCulture,
                $"segment '{name}' was in every repository after {seconds:0.0} s")),
        };

        foreach (var place in places)
            probes.Add(await ReadBackAsync(place, name, point, cancellationToken).ConfigureAwait(false));

        return (probes, seconds);
    }

    async Task<(string Point, WalSegment Segment)> MarkAsync(CancellationToken cancellationToken)
    {
        var point = $"tomo-backup check {context.Time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}";
        var end = await server.CreateRestorePointAsync(point, cancellationToken).ConfigureAwait(false);

        if (end.Value % (ulong)_size.Bytes < RoomForRecord)
            end = await server.CreateRestorePointAsync(point, cancellationToken).ConfigureAwait(false);

        var timeline = await server.TimelineAsync(cancellationToken).ConfigureAwait(false);
        await server.SwitchWalAsync(cancellationToken).ConfigureAwait(false);
        return (point, WalSegment.Containing(new Lsn(end.Value - 1), timeline, _size));
    }

    /// <summary>Null where the segment came into every repository.</summary>
    async Task<Probe?> WaitAsync(
        IReadOnlyList<CheckedPlace> places,
        string name,
        ArchiverStatus before,
        long began,
        CancellationToken cancellationToken)
    {
        var final = (long?)null;

        while (true)
        {
            var missing = await MissingAsync(places, name, cancellationToken).ConfigureAwait(false);

            if (missing.Count == 0)
                return null;

            var seen = await LookAsync(places, missing, name, before, began, cancellationToken).ConfigureAwait(false);

            if (ArchiverVerdict.IsFinal(seen))
                final ??= context.Time.GetTimestamp();

            if (seen.Waited >= context.Timeout || (final is { } since && context.Time.GetElapsedTime(since) >= Grace))
                return ArchiverVerdict.Of(seen);

            await Task.Delay(Pause, context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    static async Task<List<CheckedPlace>> MissingAsync(
        IReadOnlyList<CheckedPlace> places, string name, CancellationToken cancellationToken)
    {
        var missing = new List<CheckedPlace>();

        foreach (var place in places)
            if ((await ArchiveOf(place).FindAsync(name, cancellationToken).ConfigureAwait(false)).Count == 0)
                missing.Add(place);

        return missing;
    }

    async Task<ArchiverSighting> LookAsync(
        IReadOnlyList<CheckedPlace> places,
        List<CheckedPlace> missing,
        string name,
        ArchiverStatus before,
        long began,
        CancellationToken cancellationToken)
    {
        var after = await server.ArchiverStatusAsync(cancellationToken).ConfigureAwait(false);

        return new ArchiverSighting
        {
            Segment = name,
            Command = facts.Wal.ArchiveCommand,
            Before = before,
            After = after,
            LastIsHere = after.LastArchivedFile is { } last && WalName.IsSegment(last)
                ? (await MissingAsync(places, last, cancellationToken).ConfigureAwait(false)).Count == 0
                : null,
            MissingIn = [.. missing.Select(place => place.Repository.Name)],
            ProgramExists = ArchiveCommand.ProgramOf(facts.Wal.ArchiveCommand) is ['/', ..] program
                ? context.Files.Stat(program) is not null
                : null,
            Waited = context.Time.GetElapsedTime(began),
        };
    }

    async Task<Probe> ReadBackAsync(
        CheckedPlace place, string name, string point, CancellationToken cancellationToken)
    {
        var title = $"read back '{place.Repository.Name}'";

        try
        {
            var archive = ArchiveOf(place);

            if (await archive.FindAsync(name, cancellationToken).ConfigureAwait(false) is not [var file])
                return Probe.Fail(title, ErrorCode.WalConflict, $"segment '{name}' has more than one content",
                    "Two servers archive under one identity: a clone, or a primary that came back. Stop one of them.");

            using var ring = new KeyRing(
                place.Repository, place.Lineage, context.State.OpenEpochs(place.Lineage.Id), context.Identities);
            using var idKey = PushKeys.ReadIdKey(context.State, place.Lineage);
            var content = await archive.ReadAsync(file, ring, cancellationToken).ConfigureAwait(false);

            if (ContentId.Compute(idKey, name, content).ToString() != file.ContentId)
                return Probe.Fail(title, ErrorCode.RepositoryDamaged,
                    $"segment '{name}' is not the content that its name says", "Run 'tomo-backup verify'.");

            return await HoldsAsync(archive, file, ring, point, cancellationToken).ConfigureAwait(false)
                ? Probe.Good(title, $"the segment opens, is whole, and holds restore point '{point}'")
                : Probe.Fail(title, ErrorCode.RepositoryDamaged,
                    $"segment '{name}' does not hold restore point '{point}'",
                    "Another server archives under this identity, or a connection pooler sits between.");
        }
        catch (Exception e) when (context.Understand(e) is { } failure)
        {
            return Probe.Fail(title, failure);
        }
    }

    static async Task<bool> HoldsAsync(
        WalArchive archive, ArchivedFile file, KeyRing ring, string point, CancellationToken cancellationToken)
    {
        var pack = await archive.OpenAsync(file, ring, cancellationToken).ConfigureAwait(false);

        await using (pack.ConfigureAwait(false))
            return !pack.Table.PrivateNote.IsEmpty
                && JsonSerializer.Deserialize(pack.Table.PrivateNote.Span, RepositoryJson.Default.WalPrivateNote)
                    is { } note
                && note.RestorePoints.Any(p => p.Name == point);
    }

    static WalArchive ArchiveOf(CheckedPlace place) => new(place.Repository, place.Lineage.Id);
}
