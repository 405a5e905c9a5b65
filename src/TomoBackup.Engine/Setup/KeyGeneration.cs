using System.Security.Cryptography;
using System.Text;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Setup;

/// <summary>Makes a recovery identity in a file of its own.</summary>
static class KeyGeneration
{
    /// <summary>Writes the file, mode 0600, durable, and returns the recipient.</summary>
    /// <param name="path">Absolute; nothing may stand there.</param>
    /// <param name="signingKeys">Whom the file's owner is to trust; none where that is not known yet.</param>
    public static string Run(
        IFileSystem files, IEntropy entropy, string path, IReadOnlyList<Fingerprint> signingKeys)
    {
        using var identity = AgeIdentity.Generate(entropy);
        var bytes = Encoding.UTF8.GetBytes(IdentityFile.Write(identity, signingKeys));

        try
        {
            return files.WriteNew(path, bytes, UnixFileMode.UserRead | UnixFileMode.UserWrite)
                ? identity.Recipient.ToString()
                : throw TomoBackupException.Create(
                    ErrorCode.Refused, $"something stands at '{path}' already",
                    hint: "A key is never overwritten. Give another name.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
