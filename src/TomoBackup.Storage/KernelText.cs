using System.Text;

namespace TomoBackup.Storage;

/// <summary>Files below <c>/proc</c> and <c>/sys</c>, which have no length before they are read.</summary>
public static class KernelText
{
    const int PieceBytes = 1 << 14;
    const int MaxBytes = 1 << 22;

    extension(IFileSystem files)
    {
        /// <summary>All text of such a file, at most 4 MiB; null where there is none.</summary>
        public string? ReadKernelText(string path)
        {
            using var file = files.OpenRead(path);

            if (file is null)
                return null;

            var bytes = new List<byte>();
            var piece = new byte[PieceBytes];

            for (var read = -1; read is not 0 && bytes.Count < MaxBytes;)
            {
                read = file.Read(bytes.Count, piece);
                bytes.AddRange(piece.AsSpan(0, read));
            }

            return Encoding.UTF8.GetString([.. bytes]);
        }
    }
}
