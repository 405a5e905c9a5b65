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
        WorkingDirectory = WorkingDirectory(),
        IsRoot = Environment.IsPrivilegedProcess,
        IsWritable = WritableDirectory.Exists,
    },
    () => new ShutdownSignals()).ConfigureAwait(false);

// A folder that was removed under us has no path any more; relative paths then begin at the root, and are not found.
static string WorkingDirectory()
{
    try
    {
        return Environment.CurrentDirectory;
    }
    catch (IOException)
    {
        return "/";
    }
}
