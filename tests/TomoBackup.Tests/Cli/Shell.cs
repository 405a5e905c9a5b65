using TomoBackup.Cli;
using TomoBackup.Storage;
using TomoBackup.Tests.Policies;

namespace TomoBackup.Tests.Cli;

/// <summary>Runs command lines on a machine that is not there.</summary>
sealed class Shell
{
    public CapturedTerminal Terminal { get; init; } = new();

    public TextFiles Files { get; } = new();

    /// <summary>A real file system in place of <see cref="Files"/>, where something is written.</summary>
    public IFileSystem? Disk { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Dictionary<string, string> Environment { get; } = [];

    public string Spoken => Terminal.Spoken.ToString();

    public string Complained => Terminal.Complained.ToString();

    public Task<int> RunAsync(params string[] arguments)
        => CommandLine.RunAsync(
            arguments,
            new Surroundings
            {
                Terminal = Terminal,
                Files = Disk ?? Files,
                Time = Time,
                Variable = name => Environment.GetValueOrDefault(name),
                WorkingDirectory = "/home/me",
                IsRoot = false,
                IsWritable = _ => false,
            },
            () => new NoSignals());

    sealed class NoSignals : IShutdown
    {
        public CancellationToken Token => TestContext.Current.CancellationToken;

        public ErrorCode? Signal => null;

        public void Dispose()
        {
        }
    }
}
