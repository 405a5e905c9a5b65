using System.Globalization;
using TomoBackup.Repositories;

namespace TomoBackup.Retention;

/// <summary>Why something stays or goes.</summary>
enum GroundKind
{
    /// <summary>The rule removes nothing.</summary>
    KeptForever,

    /// <summary>Not older than the rule's age.</summary>
    WithinAge,

    /// <summary>Among the rule's count of newest ones.</summary>
    AmongNewest,

    /// <summary>The newest of its day, week, month or year.</summary>
    NewestOfPeriod,

    /// <summary>The newest good backup is never removed.</summary>
    NewestGood,

    /// <summary>The newest proven backup is never removed.</summary>
    NewestProven,

    /// <summary>Not good, but nothing good is newer.</summary>
    LatestAttempt,

    /// <summary>The window begins at this backup.</summary>
    BeginsWindow,

    /// <summary>Moments behind a hole in the archive are reached from this backup only.</summary>
    BehindHole,

    /// <summary>WAL of the window.</summary>
    InWindow,

    /// <summary>Nothing reaches it, and it is younger than the window.</summary>
    YoungerThanWindow,

    /// <summary>A person holds it.</summary>
    Held,

    /// <summary>A lease or an intent needs it.</summary>
    InUse,

    /// <summary>A backup that is still there takes frames from its packs.</summary>
    BuiltOn,

    /// <summary>A follower has no verified copy.</summary>
    FollowerLacks,

    /// <summary>A timeline's ancestors are not known.</summary>
    UnknownTimeline,

    /// <summary>No backup is good.</summary>
    NoGoodBackup,

    /// <summary>What stands in the manifest's place is no authentic manifest.</summary>
    ForeignManifest,

    /// <summary>Written to a short while ago.</summary>
    JustWritten,

    /// <summary>No rule keeps it.</summary>
    OutOfRules,

    /// <summary>Not good, and no rule keeps it.</summary>
    NotGood,

    /// <summary>No wanted moment needs it.</summary>
    OutOfWindow,

    /// <summary>No manifest, and nobody is at work on it.</summary>
    Abandoned,
}

/// <summary>A reason, with what it speaks of.</summary>
/// <param name="Kind">Which reason.</param>
/// <param name="Detail">The backup, rule, host or time; empty for none.</param>
readonly record struct Ground(GroundKind Kind, string Detail = "")
{
    /// <summary>A phrase for people that goes on after "stays: " or "goes: ".</summary>
    public override string ToString() => Kind switch
    {
        GroundKind.KeptForever => "the policy keeps all",
        GroundKind.WithinAge => $"younger than {Detail}",
        GroundKind.AmongNewest => $"among the newest {Detail}",
        GroundKind.NewestOfPeriod => $"newest of its {Detail}",
        GroundKind.NewestGood => "newest good backup",
        GroundKind.NewestProven => "newest proven backup",
        GroundKind.LatestAttempt => "no good backup is newer",
        GroundKind.BeginsWindow => $"the window begins here (timeline {Detail})",
        GroundKind.BehindHole => $"the archive has a hole before it (timeline {Detail})",
        GroundKind.InWindow => $"the window needs it, from backup {Detail} on",
        GroundKind.YoungerThanWindow => "younger than the window",
        GroundKind.Held => $"held{Detail}",
        GroundKind.InUse => $"in use by {Detail}",
        GroundKind.BuiltOn => $"backup {Detail} is built on it",
        GroundKind.FollowerLacks => $"repository '{Detail}' has no verified copy",
        GroundKind.UnknownTimeline => $"the ancestors of timeline {Detail} are not known",
        GroundKind.NoGoodBackup => "there is no good backup",
        GroundKind.ForeignManifest => "its manifest is not authentic",
        GroundKind.JustWritten => "written to within a day",
        GroundKind.OutOfRules => $"no rule keeps it ({Detail})",
        GroundKind.NotGood => $"not good, and no rule keeps it ({Detail})",
        GroundKind.OutOfWindow => "no moment of the window needs it",
        GroundKind.Abandoned => "no manifest, and nobody is at work on it",
        _ => throw new InvalidOperationException(Kind.ToString()),
    };

    /// <summary>For a lease or an intent.</summary>
    public static Ground Of(Announcement announcement)
    {
        if (announcement.Verb != IntentRecord.Hold)
            return new Ground(GroundKind.InUse, $"'{announcement.Verb}' of host {announcement.Host}");

        var end = announcement.Until >= IntentRecord.Endless
            ? ""
            : announcement.Until.UtcDateTime.ToString(" 'until' yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

        return new Ground(GroundKind.Held, announcement.Reason is { } reason ? $"{end}: {reason}" : end);
    }

}
