using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace TomoBackup.Storage.Rclone;

/// <summary>
/// A store at a path of any remote that the user's rclone knows, crypt remotes among them. rclone runs for as long as
/// the store is open, on a socket that nobody else can reach, and ends with us however we end. New objects wait in a
/// private file, go up under a temporary name below <c>.incoming</c>, are checked, and are moved to their key; a remote
/// that cannot move gets them under their key at once. Names longer than the remote allows are refused by it: a crypt
/// remote that hides names on an ordinary file system takes segments of 143 characters. A listing is held in memory.
/// </summary>
[SuppressMessage("Reliability", "CA2000", Justification = "readers and writers belong to the caller")]
public sealed class RcloneStore : IObjectStore
{
    internal const string Incoming = ".incoming";

    readonly IFileSystem _files;
    readonly RcloneProcess _process;
    readonly RcloneClient _client;
    readonly RcloneRemote _remote;
    readonly KeyTurns _turns = new();

    RcloneStore(IFileSystem files, RcloneProcess process, RcloneClient client, RcloneRemote remote)
        => (_files, _process, _client, _remote) = (files, process, client, remote);

    /// <inheritdoc/>
    public string Address => _client.Address;

    /// <summary>
    /// What this remote lets us promise. rclone has no call that creates without replacing, so two hosts that commit
    /// one key at the same moment may both be told that they stored it. Where a remote can move, or shows no unfinished
    /// uploads, objects appear whole. Remotes that do show them are file systems (a disk, SFTP, FTP, SMB), which rclone
    /// never syncs; the others are services, whose word is taken.
    /// </summary>
    public StoreGuarantees Guarantees
        => new()
        {
            OneCreatorWins = false,
            AppearsWhole = _remote.Features.Move || !_remote.Features.PartialUploads,
            IsDurable = !_remote.Features.PartialUploads,
        };

    /// <inheritdoc/>
    public bool IsFar => true;

    /// <inheritdoc/>
    public ValueTask<StoreGuarantees> GuaranteesAsync(CancellationToken cancellationToken) => new(Guarantees);

    /// <summary>Starts rclone and looks at the path; <see cref="StoreFailure.Missing"/> where there is none or the
    /// remote is not configured, <see cref="StoreFailure.Unreachable"/> where rclone is not installed, too old or
    /// does not run.</summary>
    public static Task<RcloneStore> OpenAsync(
        IFileSystem files,
        StoreAddress address,
        RcloneStoreOptions options,
        TimeProvider time,
        CancellationToken cancellationToken)
        => OpenAsync(files, address, options, time, isNew: false, cancellationToken);

    /// <summary>Makes the path of a new store (on some remotes a bucket). One that exists is left as it is.</summary>
    public static async Task InitializeAsync(
        IFileSystem files,
        StoreAddress address,
        RcloneStoreOptions options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var store = await OpenAsync(files, address, options, time, isNew: true, cancellationToken)
            .ConfigureAwait(false);
        await store.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>One rclone makes the path and serves it: a remote in memory lasts no longer.</summary>
    internal static async Task<RcloneStore> OpenAsync(
        IFileSystem files,
        StoreAddress address,
        RcloneStoreOptions options,
        TimeProvider time,
        bool isNew,
        CancellationToken cancellationToken)
    {
        var (process, client) = await StartAsync(files, address, options, time, cancellationToken)
            .ConfigureAwait(false);

        try
        {
            if (isNew)
                await MakePathAsync(client, address, cancellationToken).ConfigureAwait(false);

            var remote = await RcloneRemote.OpenAsync(client, FsOf(address), cancellationToken).ConfigureAwait(false);
            return new RcloneStore(files, process, client, remote);
        }
        catch
        {
            client.Dispose();
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var spool = LocalFailure.Guard(Address, () => new RcloneSpool(_files, _process.Folder, _remote.HashType));
        return new(new RcloneObjectWriter(_remote, _turns, Address, key, spool));
    }

    /// <inheritdoc/>
    public async ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        if (await _remote.FindAsync(key.Value, cancellationToken).ConfigureAwait(false) is { } found)
            return new RcloneObjectReader(_remote, Address, key, found.Size);

        await _remote.EnsureRootAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var directory = prefix[..Math.Max(0, prefix.LastIndexOf('/'))];

        var found = directory.Length > 0 && !ObjectKey.IsValid(directory) || prefix.StartsWith('/')
            ? []
            : await ListBelowAsync(directory, cancellationToken).ConfigureAwait(false);

        var entries = found
            .Where(item => item.Path.StartsWith(prefix, StringComparison.Ordinal) && ObjectKey.IsValid(item.Path))
            .OrderBy(item => item.Path, StringComparer.Ordinal);

        foreach (var item in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ObjectEntry(new ObjectKey(item.Path), item.Size, item.ModTime);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        if (await _remote.FindAsync(key.Value, cancellationToken).ConfigureAwait(false) is null)
            await _remote.EnsureRootAsync(cancellationToken).ConfigureAwait(false);
        else
            await _remote.DeleteAsync(key.Value, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what killed writers left behind, and answers how many files. A file that somebody wrote to
    /// within the time stays; so let it be longer than any upload takes, and than the two clocks differ.</summary>
    public async ValueTask<int> SweepAsync(TimeSpan olderThan, TimeProvider time, CancellationToken cancellationToken)
    {
        var newest = time.GetUtcNow() - olderThan;
        var swept = 0;

        foreach (var item in await _remote.ListAsync(Incoming, isDeep: true, cancellationToken).ConfigureAwait(false)
            ?? [])
        {
            var name = item.Path[(item.Path.LastIndexOf('/') + 1)..];

            if (!name.StartsWith(TemporaryName.Prefix, StringComparison.Ordinal) || item.ModTime > newest)
                continue;

            await _remote.DeleteAsync($"{Incoming}/{name}", cancellationToken).ConfigureAwait(false);
            swept++;
        }

        return swept;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync().ConfigureAwait(false);
        _turns.Dispose();
    }

    async Task<IReadOnlyList<RcloneItem>> ListBelowAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            if (await _remote.ListAsync(directory, isDeep: true, cancellationToken).ConfigureAwait(false) is { } found)
                return found;

            await _remote.EnsureRootAsync(cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (StoreException failure) when (failure.Failure == StoreFailure.Damaged && directory.Length > 0)
        {
            // Where the directory is an object, some remotes answer as if something had gone wrong.
            if (await _remote.FindAsync(directory, cancellationToken).ConfigureAwait(false) is not null)
                return [];

            throw;
        }
    }

    static Task<bool> MakePathAsync(RcloneClient client, StoreAddress address, CancellationToken cancellationToken)
        => client.DoAsync(
            "make its path",
            "operations/mkdir",
            new JsonObject { ["fs"] = FsOf(address), ["remote"] = "" },
            cancellationToken);

    static async Task<(RcloneProcess Process, RcloneClient Client)> StartAsync(
        IFileSystem files,
        StoreAddress address,
        RcloneStoreOptions options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (address.Scheme is not StoreAddress.RcloneScheme)
            throw new ArgumentException($"'{address}' is no remote of rclone", nameof(address));

        if (address.Prefix.AsSpan().ContainsAny('[', ']'))
            throw new StoreException(
                StoreFailure.Missing, $"store '{address}': rclone cannot read from a path with '[' or ']' in it");

        try
        {
            var process = await RcloneProcess.StartAsync(files, options, time, cancellationToken)
                .ConfigureAwait(false);
            return (process, new RcloneClient(process, $"{address}", options.NoProgressTimeout, time));
        }
        catch (Exception cause) when (LocalFailure.IsOf(cause))
        {
            throw new StoreException(StoreFailure.Unreachable, $"store '{address}': {cause.Message}", cause);
        }
    }

    static string FsOf(StoreAddress address) => $"{address.Container}:{address.Prefix}";
}
