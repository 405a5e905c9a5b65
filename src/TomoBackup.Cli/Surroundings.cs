using TomoBackup.Cli.Output;
using TomoBackup.Storage;

namespace TomoBackup.Cli;

/// <summary>The machine as a command meets it; tests replace all of it.</summary>
sealed record Surroundings
{
    /// <summary>The two streams.</summary>
    public required ITerminal Terminal { get; init; }

    /// <summary>Files.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Random bytes.</summary>
    public IEntropy Entropy { get; init; } = SystemEntropy.Instance;

    /// <summary>An environment variable, null where it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Absolute path of this program, which restore_command and archive_command name.</summary>
    public string Program { get; init; } = System.Environment.ProcessPath ?? "tomo-backup";

    /// <summary>The folder that relative paths begin at.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Whether this process may write anywhere.</summary>
    public required bool IsRoot { get; init; }

    /// <summary>Whether a directory exists and this process may write into it.</summary>
    public required Func<string, bool> IsWritable { get; init; }
}
