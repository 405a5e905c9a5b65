using TomoBackup.Measurements;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Tests.Measurements;

/// <summary>An idle server is not a lagging one, and a silent one is not an idle one.</summary>
public sealed class LossEstimateTests
{
    static readonly DateTimeOffset Noon = Scene.Noon;

    [Fact]
    public void Nothing_is_lost_where_the_archive_reaches_as_far_as_the_server_has_written()
        => Assert.Equal(TimeSpan.Zero, Of(lastCommit: TimeSpan.FromHours(3), insert: (0x40, 0)));

    [Fact]
    public void An_idle_server_loses_at_most_what_archive_timeout_allows()
        => Assert.Equal(TimeSpan.FromMinutes(5), Of(lastCommit: TimeSpan.FromHours(3), insert: (0x40, 0x70)));

    [Fact]
    public void A_busy_server_loses_what_came_after_the_last_archived_commit()
        => Assert.Equal(TimeSpan.FromMinutes(2), Of(lastCommit: TimeSpan.FromMinutes(2), insert: (0x40, 0x9000)));

    [Fact]
    public void Without_archive_timeout_an_open_segment_may_hold_work_of_any_age()
        => Assert.Equal(
            TimeSpan.FromHours(3),
            Of(lastCommit: TimeSpan.FromHours(3), insert: (0x40, 0x70), timeout: TimeSpan.Zero));

    [Fact]
    public void A_segment_that_waits_since_a_minute_does_not_make_an_idle_night_a_loss()
        => Assert.Equal(
            TimeSpan.FromMinutes(6),
            Of(lastCommit: TimeSpan.FromHours(9), insert: (0x41, 0x70), waitsFor: TimeSpan.FromMinutes(1)));

    [Fact]
    public void Segments_that_are_neither_here_nor_waiting_were_archived_elsewhere()
        => Assert.Equal(TimeSpan.FromHours(3), Of(lastCommit: TimeSpan.FromHours(3), insert: (0x44, 0x70)));

    [Fact]
    public void Behind_a_hole_the_last_segment_counts_for_nothing()
    {
        var facts = Scene.WithContents(Scene.Contents().Seen! with
        {
            Map = Scene.LineFrom(Noon.AddDays(-9), Noon.AddHours(-4)),
        });

        Assert.Equal(TimeSpan.FromHours(4), Bound(facts).AtMost);
    }

    [Fact]
    public void On_another_timeline_than_the_server_s_nothing_is_concluded_from_positions()
    {
        var facts = Scene.AllWell();
        var other = facts with
        {
            Archiver = Sighting<ArchiverFacts>.Of(
                facts.Archiver.Seen! with { Timeline = 2, Insert = Scene.Position(1, 0) }),
        };

        Assert.Equal(TimeSpan.FromMinutes(2), Bound(other).AtMost);
    }

    [Fact]
    public void A_server_that_was_stopped_in_order_has_archived_everything()
        => Assert.Equal(TimeSpan.Zero, Bound(Stopped(new ArchiveQueue(0, null, null, 0x40))).AtMost);

    [Theory]
    [InlineData(0, 0x41ul)]
    [InlineData(1, 0x40ul)]
    [InlineData(0, null)]
    public void A_server_that_crashed_or_left_segments_behind_is_not_taken_for_idle(int waiting, ulong? stoppedIn)
    {
        var (atMost, unknown) = Bound(Stopped(new ArchiveQueue(waiting, "x", Noon.AddMinutes(-1), stoppedIn)));

        Assert.Null(atMost);
        Assert.Equal(MeasureState.CouldNotMeasure, unknown!.State);
        Assert.Contains("at most 1 h 02 min", unknown.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_moment_to_recover_the_answer_is_everything_and_not_zero()
    {
        var (atMost, unknown) = Bound(Scene.WithContents(Scene.Contents().Seen! with { Map = RecoveryMap.Empty }));

        Assert.Null(atMost);
        Assert.Contains("everything would be lost", unknown!.Reason, StringComparison.Ordinal);
    }

    static ClusterFacts Stopped(ArchiveQueue queue)
        => Scene.Stopped() with { Queue = Sighting<ArchiveQueue>.Of(queue) };

    static (TimeSpan? AtMost, Unknown? Unknown) Bound(ClusterFacts facts)
        => LossEstimate.Of(facts, facts.Repositories[0].Contents.Seen!);

    static TimeSpan? Of(
        TimeSpan lastCommit, (ulong Segment, ulong Offset) insert, TimeSpan? timeout = null, TimeSpan? waitsFor = null)
    {
        var facts = Scene.AllWell();
        var server = facts.Server.Seen!;
        var contents = facts.Repositories[0].Contents.Seen! with
        {
            Map = new RecoveryMap(
            [
                Scene.LineFrom(Noon.AddDays(-9), Noon.AddMinutes(-1)).Lines[0] with
                {
                    Spans =
                    [
                        Scene.LineFrom(Noon.AddDays(-9), Noon.AddMinutes(-1)).Lines[0].Spans[0] with
                        {
                            To = Noon - lastCommit,
                        },
                    ],
                },
            ]),
        };

        return LossEstimate.Of(
            facts with
            {
                Server = Sighting<ServerFacts>.Of(server with
                {
                    Wal = server.Wal with { ArchiveTimeout = timeout ?? TimeSpan.FromMinutes(5) },
                }),
                Archiver = Sighting<ArchiverFacts>.Of(facts.Archiver.Seen! with
                {
                    Insert = Scene.Position(insert.Segment, insert.Offset),
                }),
                Queue = Sighting<ArchiveQueue>.Of(waitsFor is { } span
                    ? new ArchiveQueue(1, Scene.Name(1, 0x40), Noon - span, null)
                    : new ArchiveQueue(0, null, null, null)),
            },
            contents).AtMost;
    }
}
