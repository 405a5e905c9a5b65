using System.Diagnostics;
using System.Globalization;
using TomoBackup.Cli;

namespace TomoBackup.Tests.Cli;

public sealed class ShutdownSignalsTests
{
    [Fact]
    public async Task SIGTERM_cancels_and_is_remembered()
    {
        using var shutdown = new ShutdownSignals();
        Assert.Null(shutdown.Signal);

        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = shutdown.Token.Register(cancelled.SetResult);
        using var kill = Process.Start("kill", ["-TERM", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(ErrorCode.Terminated, shutdown.Signal);
    }
}
