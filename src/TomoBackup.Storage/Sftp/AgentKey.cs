using Renci.SshNet.Security;

namespace TomoBackup.Storage.Sftp;

/// <summary>A key that stays with its agent.</summary>
sealed class AgentKey(SshAgent agent, string algorithm, byte[] publicKey, uint flags) : HostAlgorithm(algorithm)
{
    public override byte[] Data => publicKey;

    public override byte[] Sign(byte[] data) => agent.Sign(publicKey, data, flags);

    // Only keys of servers are verified, and those are no agent's.
    public override bool VerifySignature(byte[] data, byte[] signature) => false;
}
