using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class MemoryObjectStoreTests : ObjectStoreConformance
{
    protected override IObjectStore Store { get; } = new MemoryObjectStore();
}
