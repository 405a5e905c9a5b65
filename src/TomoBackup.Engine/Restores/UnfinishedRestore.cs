using System.Text;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>
/// Marks a directory as ours until its pg_control stands there, so that a restore that was killed can be run again into
/// what it left behind. The mark lies in a folder of pg_wal, which PostgreSQL, pg_verifybackup and backups leave alone;
/// a lock beside it tells a restore that was killed from one that is at work.
/// </summary>
sealed class UnfinishedRestore(IFileSystem files, string root)
{
    const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;
    const int MaxMarkBytes = 1 << 20;
    const string WalFolder = "pg_wal";
    const string LockName = "restore.lock";
    const string MarkName = "unfinished";

    /// <summary>Written by every start of a server; no backup holds it.</summary>
    const string StartedName = "postmaster.opts";

    /// <summary>Behind a mark that was cut off nothing of ours exists yet, so it names nothing.</summary>
    const string LastLine = "end\n";

    string Folder => $"{root}/{RecoverySession.Folder}";

    string LockPath => $"{Folder}/{LockName}";

    string MarkPath => $"{Folder}/{MarkName}";

    /// <summary>True where a restore began here and did not end: no server can have run on it.</summary>
    public bool IsHere
        => files.Stat($"{root}/{DataDirectoryRules.ControlFilePath}") is null
            && files.Stat($"{root}/{StartedName}") is null
            && (files.Stat(MarkPath) is not null || IsBare);

    /// <summary>Killed before it could leave its mark.</summary>
    bool IsBare
        => files.Stat($"{root}/{WalFolder}") is not null
            && Holds(root, [WalFolder])
            && Holds($"{root}/{WalFolder}", [Path.GetFileName(RecoverySession.Folder)])
            && Holds(Folder, [LockName]);

    /// <summary>Leaves the mark in an empty directory, durably, and keeps others away until the answer is
    /// disposed.</summary>
    public IDisposable Begin(string backup, TablespaceMap tablespaces)
    {
        files.CreateDirectories(Folder, PrivateFolder);
        var turn = files.TryLock(LockPath) ?? throw AtWork();

        try
        {
            using var mark = files.CreateNew(MarkPath, PrivateFile);
            mark.Write(0, Encoding.UTF8.GetBytes($"{backup}\n{tablespaces.Format()}{LastLine}"));
            mark.Sync();
            files.SyncDirectory(Folder);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Takes the mark away, once pg_control stands there.</summary>
    public void End() => files.DeleteFile(MarkPath);

    /// <summary>Empties the directory and the tablespaces that it was linked with, where they are what a killed restore
    /// left; false where they are anything else.</summary>
    public bool TryClear()
    {
        if (!IsHere)
            return false;

        files.CreateDirectories(Folder, PrivateFolder);
        using var turn = files.TryLock(LockPath) ?? throw AtWork();

        if (!IsHere)
            return false;

        foreach (var location in Marked().Locations)
            if (files.Stat($"{root}/pg_tblspc/{location.Oid}")?.LinkTarget == location.Path)
                Empty(location.Path, but: []);

        Empty(root, [WalFolder]);
        Empty($"{root}/{WalFolder}", [Path.GetFileName(RecoverySession.Folder)]);
        Empty(Folder, [LockName, MarkName]);

        // The mark must not be gone while a power cut could bring other files back.
        files.SyncFileSystem(root);
        files.DeleteFile(MarkPath);
        return true;
    }

    TablespaceMap Marked()
    {
        var text = files.ReadAll(MarkPath, MaxMarkBytes) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";

        return text.EndsWith($"\n{LastLine}", StringComparison.Ordinal)
            ? TablespaceMap.Parse(text.AsSpan()[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..^LastLine.Length])
            : TablespaceMap.Parse("");
    }

    void Empty(string directory, IReadOnlyCollection<string> but)
    {
        if (files.Stat(directory) is not { Kind: FileKind.Directory })
            return;

        foreach (var entry in files.List(directory))
            if (but.Contains(entry.Name))
                continue;
            else if (entry.Kind == FileKind.Directory)
                files.DeleteTree($"{directory}/{entry.Name}");
            else
                files.DeleteFile($"{directory}/{entry.Name}");
    }

    bool Holds(string directory, IReadOnlyCollection<string> atMost)
        => files.Stat(directory) is null or { Kind: FileKind.Directory }
            && (files.Stat(directory) is null || files.List(directory).All(entry => atMost.Contains(entry.Name)));

    TomoBackupException AtWork()
        => TomoBackupException.Create(
            ErrorCode.Locked,
            $"another restore into '{root}' is at work",
            hint: "Wait for it to finish, or restore into another directory.");
}
