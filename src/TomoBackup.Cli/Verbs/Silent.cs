using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary>No progress: for commands that PostgreSQL runs.</summary>
sealed class Silent : IProgress<OperationProgress>
{
    /// <summary>The one instance.</summary>
    public static Silent Instance { get; } = new();

    /// <inheritdoc/>
    public void Report(OperationProgress value)
    {
    }
}
