using System.Text.Json.Nodes;

namespace TomoBackup.Storage.Rclone;

/// <summary>A path on a remote: what it can do, and the requests that a store makes there.</summary>
sealed class RcloneRemote
{
    // Of those that we can compute ourselves, the strongest first.
    static readonly string[] KnownHashes = ["sha256", "sha1", "md5"];

    readonly RcloneClient _client;

    RcloneRemote(RcloneClient client, string fs, RcloneRemoteDescription description)
    {
        (_client, Fs, Features) = (client, fs, description.Features);
        HashType = Features.SlowHash ? null : KnownHashes.FirstOrDefault((description.Hashes ?? []).Contains);
    }

    /// <summary>As rclone names it: <c>remote:path</c>.</summary>
    public string Fs { get; }

    public RcloneFeatures Features { get; }

    /// <summary>A hash that the remote keeps beside each object; null where it keeps none, or would have to read all of
    /// it, as rclone itself does then while it copies.</summary>
    public string? HashType { get; }

    public static async Task<RcloneRemote> OpenAsync(
        RcloneClient client, string fs, CancellationToken cancellationToken)
    {
        var description = await client.AskAsync(
            "look at the remote",
            "operations/fsinfo",
            new JsonObject { ["fs"] = fs },
            RcloneJson.Default.RcloneRemoteDescription,
            cancellationToken).ConfigureAwait(false);

        var remote = new RcloneRemote(client, fs, description ?? throw Missing(client));
        await remote.EnsureRootAsync(cancellationToken).ConfigureAwait(false);
        return remote;
    }

    /// <summary>Throws where the root is not there: without one, nothing is absent.</summary>
    public async Task EnsureRootAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync("", isDeep: false, cancellationToken).ConfigureAwait(false);

        if (found is null)
            throw Missing(_client);
    }

    /// <summary>The object at a path; null where there is none, also where a directory stands there, or a file stands
    /// in the way.</summary>
    public async Task<RcloneItem?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.AskAsync(
                $"look at '{path}'",
                "operations/stat",
                new JsonObject { ["fs"] = Fs, ["remote"] = path, ["opt"] = Facts(new() { ["filesOnly"] = true }) },
                RcloneJson.Default.RcloneItemAnswer,
                cancellationToken).ConfigureAwait(false))?.Item;
        }
        catch (StoreException failure) when (failure.Failure == StoreFailure.Damaged
            && path.Contains('/', StringComparison.Ordinal))
        {
            // Below a file, some remotes answer as if something had gone wrong.
            if (await FindAsync(path[..path.LastIndexOf('/')], cancellationToken).ConfigureAwait(false) is not null)
                return null;

            throw;
        }
    }

    /// <summary>What a directory holds; null where there is none. Directories are in it only where it is not deep.
    /// </summary>
    public async Task<IReadOnlyList<RcloneItem>?> ListAsync(
        string directory, bool isDeep, CancellationToken cancellationToken)
    {
        var options = new JsonObject { ["recurse"] = isDeep, ["filesOnly"] = isDeep, ["noMimeType"] = true };
        var answer = await _client.ListAsync(
            directory.Length == 0 ? "list its root" : $"list '{directory}'",
            new JsonObject { ["fs"] = Fs, ["remote"] = directory, ["opt"] = options },
            cancellationToken).ConfigureAwait(false);

        return answer is null ? null : answer.List ?? [];
    }

    /// <summary>Throws where another object stands above or below the key: a directory could not keep both, and where
    /// a bucket can, no other store could take a copy of it.</summary>
    public async Task EnsureNoClashAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var text = key.Value;

        for (var slash = text.IndexOf('/'); slash >= 0; slash = text.IndexOf('/', slash + 1))
            if (await FindAsync(text[..slash], cancellationToken).ConfigureAwait(false) is not null)
                throw Clash(key, text[..slash]);

        if (await FindAsync(text, cancellationToken).ConfigureAwait(false) is null
            && await ListAsync(text, isDeep: false, cancellationToken).ConfigureAwait(false) is { Count: > 0 } below)
            throw Clash(key, below[0].Path);
    }

    /// <summary>Uploads a file of this machine. rclone compares size, and hash where both sides have one.</summary>
    public async Task UploadAsync(string file, string path, CancellationToken cancellationToken)
    {
        var slash = file.LastIndexOf('/');
        var parameters = new JsonObject
        {
            ["srcFs"] = file[..slash],
            ["srcRemote"] = file[(slash + 1)..],
            ["dstFs"] = Fs,
            ["dstRemote"] = path,
        };

        if (!await _client.TransferAsync(
            $"write '{path}'", "operations/copyfile", parameters, file, cancellationToken).ConfigureAwait(false))
            throw new StoreException(
                StoreFailure.Unreachable, $"store '{_client.Address}': rclone did not find '{file}', which was to go");
    }

    public async Task MoveAsync(string from, ObjectKey to, CancellationToken cancellationToken)
    {
        var parameters = new JsonObject
        {
            ["srcFs"] = Fs,
            ["srcRemote"] = from,
            ["dstFs"] = Fs,
            ["dstRemote"] = to.Value,
        };

        if (!await _client.DoAsync($"write '{to}'", "operations/movefile", parameters, cancellationToken)
            .ConfigureAwait(false))
            throw new StoreException(
                StoreFailure.Unreachable, $"store '{_client.Address}': '{to}' went away before it was in its place");
    }

    /// <summary>What is not there is deleted already.</summary>
    public Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
        => _client.DoAsync(
            $"delete '{path}'",
            "operations/deletefile",
            new JsonObject { ["fs"] = Fs, ["remote"] = path },
            cancellationToken);

    public Task ReadAsync(ObjectKey key, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        => _client.ReadAsync(Fs, key, offset, buffer, cancellationToken);

    JsonObject Facts(JsonObject options)
    {
        options["noMimeType"] = true;

        if (HashType is { } type)
        {
            options["showHash"] = true;
            options["hashTypes"] = new JsonArray(type);
        }

        return options;
    }

    StoreException Clash(ObjectKey key, string other)
        => new(
            StoreFailure.Damaged,
            $"store '{_client.Address}': '{key}' cannot stand beside '{other}': no key lies below another");

    static StoreException Missing(RcloneClient client)
        => new(StoreFailure.Missing, $"store '{client.Address}': there is no such directory");
}
