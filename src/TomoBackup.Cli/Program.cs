using TomoBackup.Cli;
using TomoBackup.Cli.Output;
using TomoBackup.Storage;

using var terminal = new SystemTerminal();

return await CommandLine.RunAsync(
    args,
    new Surroundings
    {
        Terminal = terminal,
        Files = PhysicalFileSystem.Instance,
        Variable = Environment.GetEnvironmentVariable,
        WorkingDirectory = Environment.CurrentDirectory,
        IsRoot = Environment.IsPrivilegedProcess,
        IsWritable = WritableDirectory.Exists,
    },
    () => new ShutdownSignals()).ConfigureAwait(false);
