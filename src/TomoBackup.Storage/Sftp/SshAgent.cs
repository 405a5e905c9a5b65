using System.Buffers.Binary;
using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Security;

namespace TomoBackup.Storage.Sftp;

/// <summary>
/// The keys of an ssh-agent, which signs for us and never shows them (draft-ietf-sshm-ssh-agent). Only the two requests
/// that a login needs are spoken: for the list of keys, and for a signature. Each opens a connection of its own,
/// because an agent may be replaced while the store is open.
/// </summary>
sealed class SshAgent : IPrivateKeySource
{
    const byte RequestIdentities = 11;      // SSH_AGENTC_REQUEST_IDENTITIES
    const byte IdentitiesAnswer = 12;       // SSH_AGENT_IDENTITIES_ANSWER
    const byte SignRequest = 13;            // SSH_AGENTC_SIGN_REQUEST
    const byte SignResponse = 14;           // SSH_AGENT_SIGN_RESPONSE
    const int MaxAnswerBytes = 256 * 1024;  // OpenSSH's own limit

    readonly string _socket;
    readonly TimeSpan _patience;

    SshAgent(string socket, TimeSpan patience) => (_socket, _patience) = (socket, patience);

    public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; private set; } = [];

    /// <summary>Asks for the keys. No agent, or none that answers in time, is <see cref="IOException"/>.</summary>
    public static SshAgent Ask(string socket, TimeSpan patience)
    {
        var agent = new SshAgent(socket, patience);
        agent.HostKeyAlgorithms = [.. agent.Keys().SelectMany(agent.AlgorithmsOf)];
        return agent;
    }

    public byte[] Sign(byte[] key, byte[] bytes, uint flags)
    {
        var request = new List<byte> { SignRequest };
        SshWire.Append(request, key);
        SshWire.Append(request, bytes);
        SshWire.AppendNumber(request, flags);

        ReadOnlySpan<byte> answer = Exchange([.. request]);

        if (answer is [SignResponse, .. var rest] && SshWire.TryTake(ref rest, out var signature))
            return signature.ToArray();

        throw new IOException($"the agent at '{_socket}' refused to sign with {SshWire.FingerprintOf(key)}");
    }

    List<byte[]> Keys()
    {
        ReadOnlySpan<byte> answer = Exchange([RequestIdentities]);

        if (answer is not [IdentitiesAnswer, _, _, _, _, .. var rest])
            throw new IOException($"the agent at '{_socket}' does not tell its keys");

        var keys = new List<byte[]>();

        while (SshWire.TryTake(ref rest, out var key) && SshWire.TryTake(ref rest, out _))
            keys.Add(key.ToArray());

        return keys;
    }

    // RFC 8332: an RSA key signs under two names, chosen by a flag (SSH_AGENT_RSA_SHA2_512, _256).
    IEnumerable<HostAlgorithm> AlgorithmsOf(byte[] key)
        => SshWire.TypeOf(key) switch
        {
            "ssh-rsa" =>
                [new AgentKey(this, "rsa-sha2-512", key, flags: 4), new AgentKey(this, "rsa-sha2-256", key, flags: 2)],
            var type => [new AgentKey(this, type, key, flags: 0)],
        };

    byte[] Exchange(ReadOnlySpan<byte> request)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                SendTimeout = (int)_patience.TotalMilliseconds,
                ReceiveTimeout = (int)_patience.TotalMilliseconds,
            };
            socket.Connect(new UnixDomainSocketEndPoint(_socket));

            using var stream = new NetworkStream(socket);
            var length = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(length, (uint)request.Length);
            stream.Write(length);
            stream.Write(request);
            stream.ReadExactly(length);

            var bytes = BinaryPrimitives.ReadUInt32BigEndian(length);
            var answer = bytes <= MaxAnswerBytes
                ? new byte[bytes]
                : throw new IOException($"the agent at '{_socket}' answers {bytes} bytes, more than agents do");
            stream.ReadExactly(answer);
            return answer;
        }
        catch (Exception cause) when (cause is SocketException or EndOfStreamException or ArgumentException)
        {
            throw new IOException($"no agent answers at '{_socket}': {cause.Message}", cause);
        }
    }
}
