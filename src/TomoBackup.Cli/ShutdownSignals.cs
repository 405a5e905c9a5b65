using System.Runtime.InteropServices;

namespace TomoBackup.Cli;

/// <summary>Someone may want us to stop.</summary>
interface IShutdown : IDisposable
{
    /// <summary>Cancelled when they do.</summary>
    CancellationToken Token { get; }

    /// <summary>How they said it; null while nobody has.</summary>
    ErrorCode? Signal { get; }
}

/// <summary>SIGINT and SIGTERM: the first asks the verb to stop in order, the second ends the process at
/// once.</summary>
sealed class ShutdownSignals : IShutdown
{
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration _interrupt;
    readonly PosixSignalRegistration _terminate;
    int _signal;

    public ShutdownSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, On);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, On);
    }

    public CancellationToken Token => _stop.Token;

    public ErrorCode? Signal => Volatile.Read(ref _signal) is not 0 and var signal ? (ErrorCode)signal : null;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    void On(PosixSignalContext context)
    {
        var signal = context.Signal is PosixSignal.SIGINT ? ErrorCode.Interrupted : ErrorCode.Terminated;

        if (Interlocked.CompareExchange(ref _signal, (int)signal, 0) is not 0)
            return;

        context.Cancel = true;
        _stop.Cancel();
    }
}
