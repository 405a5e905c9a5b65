using System.Security.Cryptography;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace TomoBackup.Storage.Sftp;

/// <summary>Who we are on the server: a key file, or what an agent holds.</summary>
static class SshIdentity
{
    const int MaxFileBytes = 1 << 16;

    /// <summary>Throws <see cref="IOException"/> with a sentence about the file or the agent.</summary>
    public static IPrivateKeySource Open(IFileSystem files, SftpStoreOptions options)
    {
        if (options.IdentityFile is { } file)
            return Read(files, file);

        var socket = options.AgentSocket
            ?? throw new IOException("neither a private key is named ('ssh_key', --ssh-key), nor is there an agent");
        var agent = SshAgent.Ask(socket, options.ConnectTimeout);

        return agent.HostKeyAlgorithms.Count > 0
            ? agent
            : throw new IOException($"the agent at '{socket}' holds no key: add one with ssh-add");
    }

    static PrivateKeyFile Read(IFileSystem files, string path)
    {
        if (files.Stat(path) is { } facts && facts.IsOpenToOthers)
            throw new IOException($"identity file '{path}' can be read by others than its owner: chmod 600 it");

        var bytes = files.ReadAll(path, MaxFileBytes)
            ?? throw new FileNotFoundException($"there is no identity file '{path}'");

        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            return new PrivateKeyFile(stream);
        }
        catch (SshPassPhraseNullOrEmptyException cause)
        {
            throw new IOException($"identity file '{path}' has a passphrase: give the key to an agent instead", cause);
        }
        catch (Exception cause) when (cause is SshException or FormatException or ArgumentException
            or NotSupportedException or CryptographicException)
        {
            throw new IOException($"identity file '{path}' is no private key that can be used: {cause.Message}", cause);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
