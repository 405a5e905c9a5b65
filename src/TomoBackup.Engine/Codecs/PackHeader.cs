using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TomoBackup.Codecs;

/// <summary>
/// The first bytes of a pack: who can open it, and a note that anybody can read. Nothing in it is proven before
/// <see cref="PackTable.Open"/> succeeded: each frame's tag covers the SHA-256 of these bytes.
/// </summary>
public sealed class PackHeader
{
    /// <summary>Bytes before the public note.</summary>
    public const int FixedBytes = 112;

    /// <summary>The longest public note.</summary>
    public const int MaxPublicNoteBytes = 65_536;

    const ushort Version = 1;
    const int KindAt = 10, NoteLengthAt = 12, LineageAt = 16, EpochAt = 32, IdAt = 48, CommitmentAt = 80;

    /// <summary>Suite 1: zstd, AES-256-GCM, HKDF-SHA-256.</summary>
    internal const byte Suite = 1;

    readonly byte[] _bytes;

    internal PackHeader(
        PackScope scope, PackId id, ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> publicNote)
    {
        if (!Enum.IsDefined(scope.Kind))
            throw new ArgumentOutOfRangeException(nameof(scope), scope.Kind, "no such kind of pack");

        ArgumentOutOfRangeException.ThrowIfGreaterThan(publicNote.Length, MaxPublicNoteBytes, nameof(publicNote));

        _bytes = new byte[FixedBytes + publicNote.Length];
        Magic.CopyTo(_bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(8), Version);
        _bytes[KindAt] = (byte)scope.Kind;
        _bytes[KindAt + 1] = Suite;
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(NoteLengthAt), publicNote.Length);
        scope.Lineage.CopyTo(_bytes.AsSpan(LineageAt));
        scope.Epoch.CopyTo(_bytes.AsSpan(EpochAt));
        id.CopyTo(_bytes.AsSpan(IdAt));
        commitment.CopyTo(_bytes.AsSpan(CommitmentAt, EpochKey.CommitmentLength));
        publicNote.CopyTo(_bytes.AsSpan(FixedBytes));

        Scope = scope;
        Id = id;
        Digest = SHA256.HashData(_bytes);
    }

    static ReadOnlySpan<byte> Magic => "TOMOPACK"u8;

    /// <summary>What the pack says that it is.</summary>
    public PackScope Scope { get; }

    /// <summary>The attempt to write that made this pack.</summary>
    public PackId Id { get; }

    /// <summary>JSON, or nothing.</summary>
    public ReadOnlyMemory<byte> PublicNote => _bytes.AsMemory(FixedBytes);

    /// <summary>The whole header as it stands in the object.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    internal ReadOnlySpan<byte> Commitment => _bytes.AsSpan(CommitmentAt, EpochKey.CommitmentLength);

    /// <summary>SHA-256 of <see cref="Bytes"/>, part of each frame's additional data.</summary>
    internal byte[] Digest { get; }

    /// <summary>Bytes of the whole header, read from its first <see cref="FixedBytes"/>.</summary>
    /// <exception cref="CodecException">No pack of a version, kind and suite that we know, or cut off.</exception>
    public static int LengthOf(ReadOnlySpan<byte> start)
    {
        if (start.Length < FixedBytes)
            throw new CodecException(CodecFailure.Damaged, "the header of the pack is cut off");

        if (!start.StartsWith(Magic))
            throw new CodecException(CodecFailure.Foreign, "the object is not a pack");

        var version = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);

        if (version != Version || start[KindAt + 1] != Suite || !Enum.IsDefined((PackKind)start[KindAt]))
            throw new CodecException(
                CodecFailure.Foreign,
                $"pack of version {version}, kind {start[KindAt]}, suite {start[KindAt + 1]} is not known");

        var noteLength = BinaryPrimitives.ReadUInt32LittleEndian(start[NoteLengthAt..]);

        return noteLength <= MaxPublicNoteBytes
            ? FixedBytes + (int)noteLength
            : throw new CodecException(CodecFailure.Damaged, $"public note of {noteLength} bytes is too long");
    }

    /// <summary>Reads the header at the start of the object's bytes; what follows it is not looked at.</summary>
    /// <exception cref="CodecException">No pack that we know, or cut off.</exception>
    public static PackHeader Parse(ReadOnlySpan<byte> start)
    {
        var length = LengthOf(start);

        if (start.Length < length)
            throw new CodecException(CodecFailure.Damaged, "the public note of the pack is cut off");

        var scope = new PackScope(
            (PackKind)start[KindAt],
            new LineageId(start.Slice(LineageAt, LineageId.Length)),
            new EpochId(start.Slice(EpochAt, EpochId.Length)));

        return new PackHeader(
            scope,
            new PackId(start.Slice(IdAt, PackId.Length)),
            start.Slice(CommitmentAt, EpochKey.CommitmentLength),
            start[FixedBytes..length]);
    }

    /// <summary>Refuses a pack that is not of this scope.</summary>
    internal void Demand(PackScope expected)
    {
        if (Scope != expected)
            throw new CodecException(CodecFailure.Foreign, $"pack '{Id}' is {Scope}, not {expected}");
    }
}
