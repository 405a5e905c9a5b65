using TomoBackup.Storage;

namespace TomoBackup.Testing.Storage;

/// <summary>What happens at the chosen operation.</summary>
public enum FaultKind
{
    /// <summary>Nothing: the plan counts.</summary>
    None,

    /// <summary>It fails and does nothing; the next ones succeed.</summary>
    FailOnce,

    /// <summary>It and all later ones fail.</summary>
    FailFromThere,

    /// <summary>It is done, but the caller hears that the store is unreachable.</summary>
    LoseReply,

    /// <summary>From there on the disk is full: what takes room fails, reading and removing go on.</summary>
    DiskFull,

    /// <summary>The process dies before it, or in the middle of it where it is a write to a file; no cleanup runs.
    /// </summary>
    Crash,
}

/// <summary>
/// Counts the operations of the decorators that share it and lets one of them go wrong. A test first runs with
/// <see cref="Count"/>, then once for each n up to <see cref="Operations"/>. <see cref="Struck"/> names the
/// operation for the message of a failed test. Numbers begin at 1.
/// </summary>
public sealed class FaultPlan
{
    readonly Lock _lock = new();
    readonly List<string> _log = [];
    readonly FaultKind _kind;
    readonly StoreFailure _failure;
    readonly int _at;
    bool _isDead;

    FaultPlan(FaultKind kind, int at, StoreFailure failure) => (_kind, _at, _failure) = (kind, at, failure);

    /// <summary>What goes wrong.</summary>
    public FaultKind Kind => _kind;

    /// <summary>Operations until now, also those that failed.</summary>
    public int Operations => Log.Count;

    /// <summary>The operation that went wrong; null before that.</summary>
    public string? Struck { get; private set; }

    /// <summary>All operations in their order, in words: <c>sync file /x/y</c>.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock)
                return [.. _log];
        }
    }

    /// <summary>Nothing goes wrong.</summary>
    public static FaultPlan Count() => new(FaultKind.None, 0, default);

    /// <summary>The operation with this number goes wrong.</summary>
    public static FaultPlan At(int operation, FaultKind kind, StoreFailure failure = StoreFailure.Unreachable)
        => new(kind, operation, failure);

    /// <summary>True once the process is taken for dead.</summary>
    public bool IsDead
    {
        get
        {
            lock (_lock)
                return _isDead;
        }
    }

    /// <summary>Called before an operation is done. Throws where it fails or the process dies; true where it shall
    /// be done and its answer then be lost.</summary>
    public bool Enter(string operation, Func<StoreFailure, string, Exception> fail)
    {
        lock (_lock)
        {
            if (_isDead)
                throw new SimulatedCrashException(operation, isFirst: false);

            _log.Add(operation);

            if (_kind == FaultKind.None || !IsStruck(_log.Count, operation))
                return false;

            Struck ??= $"operation {_log.Count}: {operation}";
            _isDead = _kind == FaultKind.Crash;

            return _kind == FaultKind.LoseReply ? true
                : throw (_isDead ? new SimulatedCrashException(operation, isFirst: true)
                    : fail(_kind == FaultKind.DiskFull ? StoreFailure.Full : _failure, operation));
        }
    }

    bool IsStruck(int number, string operation)
        => _kind switch
        {
            FaultKind.FailFromThere => number >= _at,
            FaultKind.DiskFull => number >= _at && TakesRoom(operation),
            _ => number == _at,
        };

    static bool TakesRoom(string operation)
        => operation.Split(' ') is ["create" or "write" or "sync" or "commit", ..] or ["set", "length", ..];
}
