using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>The control file of a running server, which rewrites it in place: it is read again until its checksum is
/// right.</summary>
static class LiveControlFile
{
    const int Tries = 200;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Reads it.</summary>
    /// <param name="bytes">Its bytes, as they were when the checksum was right.</param>
    public static ControlFile Read(IFileSystem files, string dataDirectory, TimeProvider time, out byte[] bytes)
    {
        var path = $"{dataDirectory}/{DataDirectoryRules.ControlFilePath}";

        for (var i = 0; i < Tries; i++)
        {
            bytes = files.ReadAll(path, ControlFile.FileBytes)
                ?? throw TomoBackupException.Create(
                    ErrorCode.Refused,
                    $"'{dataDirectory}' has no '{DataDirectoryRules.ControlFilePath}'",
                    hint: "The server runs on another machine, or the data directory is not the server's.");

            if (ControlFile.TryParse(bytes, out var control) == ControlFileVerdict.Valid)
                return control!;

            Task.Delay(Pause, time).Wait();
        }

        throw TomoBackupException.Create(
            ErrorCode.Damaged,
            $"'{path}' never had a valid checksum",
            hint: "The control file of the running server is damaged, or of a version that this program does not "
                + "know.");
    }
}
