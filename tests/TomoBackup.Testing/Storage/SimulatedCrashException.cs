namespace TomoBackup.Testing.Storage;

/// <summary>The process died here. No product code may catch it, so it is no IOException; and whatever runs while it
/// passes by finds that nothing works any more.</summary>
public sealed class SimulatedCrashException(string operation, bool isFirst) : Exception($"killed at {operation}")
{
    /// <summary>True for the operation that was interrupted, false for those that came after the death.</summary>
    public bool IsFirst { get; } = isFirst;
}
