using TomoBackup.Storage;

namespace TomoBackup.Testing.Storage;

/// <summary>Whole objects in one call, which tests want and products must not.</summary>
public static class ObjectStoreShortcuts
{
    extension(IObjectStore store)
    {
        /// <summary>Stores an object.</summary>
        public async Task<CommitOutcome> PutAsync(
            string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await using var writer = await store.CreateAsync(new ObjectKey(key), cancellationToken);
            await writer.WriteAsync(bytes, cancellationToken);
            return await writer.CommitAsync(cancellationToken);
        }

        /// <summary>Reads an object; null where there is none.</summary>
        public async Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
        {
            await using var reader = await store.OpenAsync(new ObjectKey(key), cancellationToken);

            if (reader is null)
                return null;

            var bytes = new byte[reader.Length];
            await reader.ReadAsync(0, bytes, cancellationToken);
            return bytes;
        }

        /// <summary>The keys of a listing.</summary>
        public async Task<IReadOnlyList<string>> KeysAsync(string prefix, CancellationToken cancellationToken)
            => await store.ListAsync(prefix, cancellationToken)
                .Select(entry => entry.Key.Value)
                .ToListAsync(cancellationToken);
    }
}
