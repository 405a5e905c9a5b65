using System.Runtime.CompilerServices;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>Whole small objects in one call.</summary>
static class ObjectStoreExtensions
{
    extension(IObjectStore store)
    {
        /// <summary>All bytes of an object of at most so many bytes; null where there is none.</summary>
        public async ValueTask<byte[]?> TryReadAllAsync(
            ObjectKey key, int maxBytes, CancellationToken cancellationToken)
        {
            var reader = await store.OpenAsync(key, cancellationToken).ConfigureAwait(false);

            if (reader is null)
                return null;

            await using (reader.ConfigureAwait(false))
            {
                if (reader.Length > maxBytes)
                    throw new StoreException(
                        StoreFailure.Damaged, $"'{key}' in '{store.Address}' is larger than any such object may be");

                var bytes = new byte[reader.Length];
                await reader.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);
                return bytes;
            }
        }

        /// <summary>The keys below a prefix by the folder that they stand in: the numbers of leases and intents, each
        /// in ascending order.</summary>
        public async IAsyncEnumerable<IReadOnlyList<ObjectKey>> ListNumberedAsync(
            string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var numbers = new List<ObjectKey>();

            await foreach (var entry in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                if (numbers is [.., var last] && FolderOf(last) != FolderOf(entry.Key))
                {
                    yield return numbers;
                    numbers = [];
                }

                numbers.Add(entry.Key);
            }

            if (numbers.Count > 0)
                yield return numbers;
        }

        /// <summary>Writes an object in one go.</summary>
        public async ValueTask<CommitOutcome> WriteAllAsync(
            ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            var writer = await store.CreateAsync(key, cancellationToken).ConfigureAwait(false);

            await using (writer.ConfigureAwait(false))
            {
                await writer.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                return await writer.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    static string FolderOf(ObjectKey key) => key.Value[..key.Value.LastIndexOf('/')];
}
