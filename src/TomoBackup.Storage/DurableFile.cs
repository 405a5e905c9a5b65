namespace TomoBackup.Storage;

/// <summary>
/// Small files and directories that survive a power cut: each call returns when content and name are durable. Files
/// appear whole or not at all, because they are written beside their place and renamed into it.
/// </summary>
public static class DurableFile
{
    extension(IFileSystem files)
    {
        /// <summary>Writes a file that must not exist yet. False where something stands at the path: it is left
        /// alone, and is as durable as ours would have been.</summary>
        public bool WriteNew(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode)
        {
            var isNew = true;
            files.WriteBeside(path, bytes, mode, temporary => isNew = files.TryRename(temporary, path));
            return isNew;
        }

        /// <summary>Writes a file, in one step over whatever file stands at the path.</summary>
        public void WriteReplace(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode)
            => files.WriteBeside(path, bytes, mode, temporary => files.Replace(temporary, path));

        /// <summary>Makes a directory and the parents that it lacks, all with this mode. Those that exist are left
        /// as they are; a link to a directory counts as one.</summary>
        public void CreateDirectories(string path, UnixFileMode mode)
        {
            var missing = new Stack<string>();
            var existing = path.TrimEnd('/');

            while (files.Stat(existing) is null)
            {
                missing.Push(existing);
                existing = Parent(existing);
            }

            while (missing.TryPop(out var next))
            {
                files.CreateDirectory(next, mode);
                files.SyncDirectory(Parent(next));
            }
        }

        /// <summary>Reads a whole file; null where there is none. More than the bytes allowed is an
        /// <see cref="IOException"/>: nobody wants a disk image as a settings file.</summary>
        public byte[]? ReadAll(string path, int maxBytes)
        {
            using var file = files.OpenRead(path);

            if (file is null)
                return null;

            var length = file.Length;

            if (length > maxBytes)
                throw new IOException($"unable to read '{path}': it has {length} bytes, more than {maxBytes}");

            var bytes = new byte[length];
            return file.Read(0, bytes) == bytes.Length
                ? bytes
                : throw new IOException($"unable to read '{path}': it became shorter meanwhile");
        }

        /// <summary>Removes a directory that is ours with all that it holds, and makes that durable; what is not
        /// there is removed already. Links are removed, never followed. The caller owns the folder: against
        /// somebody who swaps its parts for links meanwhile there is no defence here.</summary>
        public void DeleteTree(string path)
        {
            var root = path.TrimEnd('/');

            if (!Path.IsPathFullyQualified(root) || HasDots(root))
                throw new ArgumentException($"'{path}' is not a folder to delete", nameof(path));

            if (files.Stat(root) is not { } facts)
                return;

            if (facts.Kind != FileKind.Directory)
                throw new IOException($"unable to delete '{path}': not a directory");

            files.DeleteContent(root);
            files.DeleteDirectory(root);
            files.SyncDirectory(Parent(root));
        }

        void DeleteContent(string directory)
        {
            foreach (var entry in files.List(directory))
            {
                var path = Path.Join(directory, entry.Name);

                if (entry.Kind != FileKind.Directory)
                {
                    files.DeleteFile(path);
                    continue;
                }

                files.DeleteContent(path);
                files.DeleteDirectory(path);
            }
        }

        void WriteBeside(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode, Action<string> moveIntoPlace)
        {
            var directory = Parent(path);
            var temporary = Path.Join(directory, TemporaryName.Next());

            try
            {
                using (var file = files.CreateNew(temporary, mode))
                {
                    file.Write(0, bytes);
                    file.Sync();
                }

                moveIntoPlace(temporary);
            }
            finally
            {
                // Renamed files are gone from here already.
                files.DeleteFile(temporary);
            }

            files.SyncDirectory(directory);
        }
    }

    static bool HasDots(string path) => path.Split('/').Any(part => part is "." or "..");

    static string Parent(string path)
        => Path.GetDirectoryName(path)
            ?? throw new IOException($"unable to use '{path}': it has no parent directory");
}
