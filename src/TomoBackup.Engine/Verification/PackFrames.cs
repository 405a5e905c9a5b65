using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>A small file within a frame that it shares.</summary>
readonly record struct SharedPart(int Frame, int Offset, int Length, uint Checksum);

/// <summary>
/// What the reading of one data pack left: length and checksum of each frame, from which the checksums of whole files
/// are put together, so that each byte is read once. Eight bytes for a frame.
/// </summary>
sealed class PackFrames(ObjectKey key)
{
    const int NamedFiles = 3;

    readonly HashSet<SharedPart> _parts = [];
    readonly HashSet<int> _damaged = [];
    readonly List<string> _lostNames = [];
    int[] _lengths = [];
    uint[] _checksums = [];
    int _lost;

    public ObjectKey Key => key;

    /// <summary>What is wrong with the pack; null for nothing, or where it is not there and that was
    /// reported.</summary>
    public string? Problem { get; set; }

    /// <summary>True where the table was authentic, so that the frames are known.</summary>
    public bool IsOpened { get; private set; }

    public int Count => _lengths.Length;

    /// <summary>Small files that were not what the list says.</summary>
    public HashSet<SharedPart> WrongParts { get; } = [];

    public int LengthOf(int frame) => _lengths[frame];

    public uint ChecksumOf(int frame) => _checksums[frame];

    public bool IsDamaged(int frame) => !IsOpened || _damaged.Contains(frame);

    public void Expect(SharedPart part) => _parts.Add(part);

    /// <summary>Notes a file that is lost with this pack.</summary>
    public void Lose(string path)
    {
        if (_lost++ < NamedFiles)
            _lostNames.Add($"'{path}'");
    }

    /// <summary>What is lost with this pack, for people.</summary>
    public string Lost()
        => _lost switch
        {
            0 => "",
            <= NamedFiles => string.Create(CultureInfo.InvariantCulture, $"; it costs {string.Join(", ", _lostNames)}"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                    $"; it costs {string.Join(", ", _lostNames)} and {_lost - NamedFiles} more files"),
        };

    /// <summary>Reads all frames, damaged ones as well, and throws the first one's failure at the end.</summary>
    public async ValueTask ReadAsync(PackObjectReader pack, FrameBuffer buffer, CancellationToken cancellationToken)
    {
        var frames = pack.Table.Frames;
        (_lengths, _checksums) = ([.. frames.Select(f => f.PlainBytes)], new uint[frames.Count]);
        var parts = _parts.OrderBy(part => part.Frame).ToList();
        IsOpened = true;
        CodecException? failure = null;

        for (int frame = 0, part = 0; frame < frames.Count; frame++)
        {
            var plain = buffer.Of(_lengths[frame]);

            try
            {
                await pack.ReadFrameAsync(frame, plain, cancellationToken).ConfigureAwait(false);
                _checksums[frame] = Crc32C.Compute(plain.Span);
            }
            catch (CodecException e)
            {
                _damaged.Add(frame);
                failure ??= e;
            }

            for (; part < parts.Count && parts[part].Frame <= frame; part++)
                if (parts[part].Frame == frame && !_damaged.Contains(frame) && !Fits(parts[part], plain.Span))
                    WrongParts.Add(parts[part]);
        }

        _parts.Clear();

        if (failure is not null)
            throw failure;
    }

    static bool Fits(SharedPart part, ReadOnlySpan<byte> frame)
        => part.Offset <= frame.Length - part.Length
            && Crc32C.Compute(frame.Slice(part.Offset, part.Length)) == part.Checksum;
}

/// <summary>A buffer that grows to the largest frame and is then reused.</summary>
sealed class FrameBuffer
{
    byte[] _bytes = [];

    public Memory<byte> Of(int length)
    {
        if (_bytes.Length < length)
            _bytes = GC.AllocateUninitializedArray<byte>(length);

        return _bytes.AsMemory(0, length);
    }
}
