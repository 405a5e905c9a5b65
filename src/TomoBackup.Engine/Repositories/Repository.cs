using System.Text.Json;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>A store that was found to hold a repository of a format that we know.</summary>
/// <param name="Name">Its name in the policy, or its address where there is no policy.</param>
/// <param name="Store">Where its objects are.</param>
/// <param name="Id">The place's own id; followers hold the same bytes.</param>
sealed record Repository(string Name, IObjectStore Store, string Id)
{
    const int MaxDocumentBytes = 64 << 20;

    /// <summary>Opens what <c>init</c> made; a place without a marker, or with a newer one, is refused.</summary>
    public static async Task<Repository> OpenAsync(
        string name, IObjectStore store, CancellationToken cancellationToken)
    {
        var marker = await TryReadMarkerAsync(store, cancellationToken).ConfigureAwait(false)
            ?? throw TomoBackupException.Create(
                ErrorCode.RepositoryMissing,
                $"'{store.Address}' holds no repository: there is no '{RepositoryLayout.Marker}'",
                hint: "Run 'tomo-backup init' to make one there, or correct the address in the policy.");

        return new Repository(name, store, marker.Repository);
    }

    /// <summary>The marker, or null where the store holds none; throws where it is not ours or too new.</summary>
    public static async Task<RepositoryMarker?> TryReadMarkerAsync(
        IObjectStore store, CancellationToken cancellationToken)
    {
        var bytes = await store.TryReadAllAsync(RepositoryLayout.Marker, MaxDocumentBytes, cancellationToken)
            .ConfigureAwait(false);

        if (bytes is null)
            return null;

        var marker = ParseMarker(store, bytes);

        if (marker.Format != RepositoryMarker.FormatName)
            throw Foreign(store, "it belongs to another program");

        if (marker.Version != RepositoryMarker.CurrentVersion)
            throw Foreign(store, $"its format is version {marker.Version}, this program knows version 1");

        return marker;
    }

    /// <summary>Reads a small document; null where there is none.</summary>
    public ValueTask<byte[]?> TryReadAsync(ObjectKey key, CancellationToken cancellationToken)
        => Store.TryReadAllAsync(key, MaxDocumentBytes, cancellationToken);

    /// <summary>Writes a small document once. When the key is taken, the content there must be the same.</summary>
    public async Task WriteOnceAsync(ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (await Store.WriteAllAsync(key, content, cancellationToken).ConfigureAwait(false) == CommitOutcome.Stored)
            return;

        var present = await TryReadAsync(key, cancellationToken).ConfigureAwait(false);

        if (present is null || !content.Span.SequenceEqual(present))
            throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"'{key}' in repository '{Name}' exists already with another content",
                hint: "Objects are written once. Look for a second program or host that writes to this repository.");
    }

    static RepositoryMarker ParseMarker(IObjectStore store, byte[] bytes)
    {
        try
        {
            // Only the first two members are sure to exist in every version to come, so that a newer one is named.
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;

            return new RepositoryMarker(
                root.GetProperty("format").GetString() ?? "",
                root.GetProperty("version").GetInt32(),
                root.TryGetProperty("repository", out var id) ? id.GetString() ?? "" : "");
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"'{RepositoryLayout.Marker}' in '{store.Address}' cannot be read: {e.Message}",
                hint: "The rest of the repository may be whole; bring this one file back from a follower.");
        }
    }

    static TomoBackupException Foreign(IObjectStore store, string reason)
        => TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"'{store.Address}' is not a repository for this program: {reason}",
            hint: "Use the program version that wrote it, or another place.");
}
