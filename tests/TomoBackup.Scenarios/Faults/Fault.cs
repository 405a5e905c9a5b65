using TomoBackup.Operations;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.Faults;

/// <summary>What every run of a fault loop asks of the failure that came out of a verb.</summary>
static class Fault
{
    /// <summary>The kinds that a loop goes through.</summary>
    public static TheoryData<FaultKind> Kinds { get; }
        = [FaultKind.FailOnce, FaultKind.FailFromThere, FaultKind.LoseReply, FaultKind.DiskFull, FaultKind.Crash];

    /// <summary>Every earlier restore is tried after each of so many faults.</summary>
    public const int Sample = 12;

    /// <summary>Success, our own death, or a sentence with an exit code; never a defect. A full disk is named as
    /// one.</summary>
    public static void MustBeUnderstood(Exception? failure, FaultPlan plan)
    {
        if (failure is null || plan.IsDead)
            return;

        var understood = Failures.Understand(failure);
        Assert.True(understood is not null, $"{plan.Struck}: {failure}");

        if (plan.Kind == FaultKind.DiskFull)
            Assert.True(
                understood.Code == ErrorCode.CannotWrite
                    && understood.Hint?.Contains("Make room", StringComparison.Ordinal) == true,
                $"{plan.Struck}: {understood.Code} {failure}");
    }

    /// <summary>How many operations a verb has when nothing goes wrong.</summary>
    public static async Task<FaultPlan> CountAsync(Func<FaultPlan, Task> verb)
    {
        var plan = FaultPlan.Count();
        await verb(plan);
        TestContext.Current.SendDiagnosticMessage("{0} operations", plan.Operations);
        return plan;
    }
}
