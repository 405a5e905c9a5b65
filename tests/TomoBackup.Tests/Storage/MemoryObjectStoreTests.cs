using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class MemoryObjectStoreTests : DirectoryConformance
{
    protected override IObjectStore Store { get; } = new MemoryObjectStore();
}
