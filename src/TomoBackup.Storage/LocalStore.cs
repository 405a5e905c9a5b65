using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TomoBackup.Storage;

/// <summary>
/// A store in a directory of this machine: an object is the file at root/key. New objects grow in
/// <c>.incoming</c> below the root and are renamed into place, so all of it must be one file system. The root may be
/// a link; below it links are refused, so that nothing outside is ever touched. Files whose names are not keys (an
/// editor's backup copy, lost+found) are not ours: listings pass over them. Calls do their work before they return;
/// a disk knows no other way.
/// </summary>
[SuppressMessage("Reliability", "CA2000", Justification = "readers and writers belong to the caller")]
public sealed class LocalStore : IObjectStore
{
    readonly IFileSystem _files;
    readonly LocalFolder _folder;
    readonly LocalStoreOptions _options;

    LocalStore(IFileSystem files, LocalFolder folder, LocalStoreOptions options)
        => (_files, _folder, _options) = (files, folder, options);

    /// <inheritdoc/>
    public string Address => _folder.Address;

    /// <summary>Opens a store in a directory that exists; <see cref="StoreFailure.Missing"/> where it does not, for
    /// a fresh empty store would hide the loss of the old one.</summary>
    public static LocalStore Open(IFileSystem files, string root, LocalStoreOptions options)
        => new(files, LocalFolder.Open(files, root, options.DirectoryMode), options);

    /// <summary>Makes the directory of a new store, with its parents, durable. One that exists is left as it is.
    /// </summary>
    public static void Initialize(IFileSystem files, string root, LocalStoreOptions options)
        => LocalFailure.Guard(LocalFolder.AddressOf(root), () =>
        {
            files.CreateDirectories(root, options.DirectoryMode);
            return root;
        });

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        return new(LocalFailure.Guard<IObjectWriter>(
            Address, () => new LocalObjectWriter(_files, _folder, key, _folder.NewTemporary(), _options.FileMode)));
    }

    /// <inheritdoc/>
    public ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        return new(LocalFailure.Guard<IObjectReader?>(Address, () =>
        {
            var file = _folder.IsObject(key) ? _files.OpenRead(_folder.PathOf(key)) : null;

            if (file is not null)
                return new LocalObjectReader(file, Address, key);

            _folder.EnsureRoot();
            return null;
        }));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in new LocalListing(_files, _folder, prefix).Entries())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        LocalFailure.Guard(Address, () =>
        {
            if (_folder.IsObject(key))
                _files.DeleteFile(_folder.PathOf(key));

            // Durable before the caller goes on, and also after an earlier delete that was killed before its sync: a
            // manifest that came back after a power cut would name packs that are gone.
            return _folder.SyncParent(key);
        });

        return ValueTask.CompletedTask;
    }

    /// <summary>Removes what killed writers left behind, and answers how many files. A file that somebody wrote to
    /// within the time stays; so let it be longer than any writer pauses.</summary>
    public ValueTask<int> SweepAsync(TimeSpan olderThan, TimeProvider time, CancellationToken cancellationToken)
    {
        var newest = time.GetUtcNow() - olderThan;

        return new(LocalFailure.Guard(Address, () =>
        {
            var swept = 0;

            foreach (var path in _folder.TemporariesUntil(newest))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _files.DeleteFile(path);
                swept++;
            }

            return swept;
        }));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
