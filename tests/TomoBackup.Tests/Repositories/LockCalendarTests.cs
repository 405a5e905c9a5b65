using CsCheck;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Repositories;

public sealed class LockCalendarTests
{
    const string Id = "20261125T020000Z-0a1b2c3d";

    static readonly TimeSpan Wal = TimeSpan.FromDays(40);
    static readonly TimeSpan Generation = TimeSpan.FromDays(47);
    static readonly DateTimeOffset Began = new(2026, 11, 25, 2, 0, 0, TimeSpan.Zero);
    static readonly LockCalendar Calendar = new(Wal, Generation);

    [Fact]
    public void A_generation_ends_as_one_however_late_its_objects_are_stored()
    {
        var full = End($"backup/l/{Id}/{Id}/pack-00001", Began);
        var later = End($"backup/l/{Id}/20261125T090000Z-aaaaaaaa/manifest", Began.AddHours(7));

        Assert.Equal(Began + Generation, full);
        Assert.Equal(full, later);
    }

    /// <summary>What stands on a base never outlives its lock, whatever clocks say; and every lock is still to come.
    /// </summary>
    [Fact]
    public void No_base_is_free_before_what_stands_on_it()
        => Gen.Select(Gen.Double[-400, 400], Gen.Double[0, 400], Gen.Double[0, 30]).Sample((skew, age, copied) =>
        {
            var ours = Began.AddDays(copied);
            var theirs = ours.AddDays(skew);
            var full = Calendar.End(new ObjectKey($"backup/l/{Id}/{Id}/pack-00001"), theirs, ours)!.Value;
            var later = Calendar.End(
                new ObjectKey($"backup/l/{Id}/20271125T090000Z-aaaaaaaa/pack-00002"),
                theirs.AddDays(age),
                ours.AddDays(age))!.Value;

            Assert.True(full > theirs);
            Assert.True(later > theirs.AddDays(age));
            Assert.True(later <= full || age + copied > (Generation - TimeSpan.FromDays(1)).TotalDays);
        });

    [Theory]
    [InlineData("wal/l/00000001/0000000100000000/000000010000000000000003-ab", 40)]
    [InlineData("keys/l/e/w.age", 47)]
    [InlineData("lineage/main/00000001-x", 47)]
    [InlineData("history/l/00000002.history-ab", 47)]
    [InlineData("repository.json", 47)]
    public void What_lasts_is_locked_from_when_it_is_stored(string key, int days)
        => Assert.Equal(Began.AddDays(days), End(key, Began));

    [Theory]
    [InlineData("lease/l/x/000001")]
    [InlineData("intent/l/x/000001")]
    [InlineData("probe/x")]
    public void What_announces_work_in_progress_is_not_locked(string key) => Assert.Null(End(key, Began));

    [Fact]
    public void The_service_s_clock_dates_a_lock_not_this_host_s()
        => Assert.Equal(
            Began.AddYears(1).AddHours(-7) + Generation,
            Calendar.End(new ObjectKey($"backup/l/{Id}/{Id}/manifest"), Began.AddYears(1), Began.AddHours(7)));

    static DateTimeOffset? End(string key, DateTimeOffset now) => Calendar.End(new ObjectKey(key), now, now);
}
