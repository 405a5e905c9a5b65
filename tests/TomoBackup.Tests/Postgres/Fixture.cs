using System.IO.Compression;
using System.Text;

namespace TomoBackup.Tests.Postgres;

/// <summary>Files that real servers and PostgreSQL's own tools wrote.</summary>
static class Fixture
{
    public static byte[] Bytes(string name)
    {
        using var resource = typeof(Fixture).Assembly.GetManifestResourceStream($"Postgres/Fixtures/{name}")
            ?? throw new FileNotFoundException(name);
        using var plain = new MemoryStream();

        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var gzip = new GZipStream(resource, CompressionMode.Decompress);
            gzip.CopyTo(plain);
        }
        else
        {
            resource.CopyTo(plain);
        }

        return plain.ToArray();
    }

    public static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));
}
