using System.Globalization;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// When the lock of an object ends. All objects of a generation end together, however late they are stored or copied,
/// so that a full backup is never free while one that stands on it is locked. Dated by the service's clock; this host's
/// is asked only for how old a generation is.
/// </summary>
/// <param name="wal">How long WAL is locked, from when it is stored.</param>
/// <param name="generation">How long a generation is, from when it began; and all else that lasts.</param>
sealed class LockCalendar(TimeSpan wal, TimeSpan generation)
{
    const string IdTime = "yyyyMMdd'T'HHmmss'Z'";

    static readonly TimeSpan Least = TimeSpan.FromDays(1);

    /// <summary>The end; null for what is not locked: what announces work in progress, and trials.</summary>
    /// <param name="theirs">The service's time.</param>
    /// <param name="ours">This host's.</param>
    public DateTimeOffset? End(ObjectKey key, DateTimeOffset theirs, DateTimeOffset ours)
        => key.Value.Split('/') switch
        {
            ["wal", ..] => theirs + wal,
            ["backup", _, var id, ..] => theirs + generation - Age(id, ours),
            ["keys" or "lineage" or "history" or "evidence" or "dump" or "config", ..] => theirs + generation,
            [var marker] when marker == RepositoryLayout.Marker.Value => theirs + generation,
            _ => null,
        };

    // A lock needs an end that is to come, whatever this host's clock says.
    TimeSpan Age(string id, DateTimeOffset ours)
        => DateTimeOffset.TryParseExact(
            id.Split('-')[0],
            IdTime,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var began) && ours > began
            ? TimeSpan.FromTicks(Math.Min((ours - began).Ticks, (generation - Least).Ticks))
            : TimeSpan.Zero;
}
