using TomoBackup.Operations;
using TomoBackup.Retention;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Retention;

/// <summary>A run whose n-th operation on the store goes wrong, for every n.</summary>
public sealed class ExpireFaultTests(SmallRepositoryFixture fixture) : IClassFixture<SmallRepositoryFixture>
{
    static readonly ExpireOptions Expire = new(PlanOnly: false, AllowMore: true);

    [Theory]
    [InlineData(FaultKind.FailOnce)]
    [InlineData(FaultKind.FailFromThere)]
    [InlineData(FaultKind.LoseReply)]
    [InlineData(FaultKind.Crash)]
    public async Task Interrupted_anywhere_it_leaves_every_backup_whole_and_may_be_run_again(FaultKind kind)
    {
        using var clean = await new ExpireTrial(fixture.Small).MarkedAsync();
        var count = FaultPlan.Count();
        await clean.RunAsync(new FaultyObjectStore(clean.Store, count), Expire);
        var wanted = clean.Objects();

        for (var n = 1; n <= count.Operations; n++)
        {
            using var trial = await new ExpireTrial(fixture.Small).MarkedAsync();
            var plan = FaultPlan.At(n, kind);
            var failure = await Record.ExceptionAsync(
                () => trial.RunAsync(new FaultyObjectStore(trial.Store, plan), Expire));

            Assert.True(
                failure is null || plan.IsDead || Failures.Understand(failure) is not null,
                $"{plan.Struck}: {failure}");
            await trial.MustBeWholeAsync(plan.Struck ?? "");
            Assert.Empty(wanted.Except(trial.Objects()));

            // A lease of a killed run is our own; the second time is a day later because a new mark may have begun.
            await trial.ExpireAsync(allowMore: true);
            trial.Time.Advance(TimeSpan.FromHours(25));
            var last = await trial.Verified().ExpireAsync(allowMore: true);
            Assert.True(last.Refusals.Count == 0, $"{plan.Struck}: {string.Join(", ", last.Refusals)}");
            Assert.Equal(wanted, trial.Objects());
        }
    }
}
