using System.Text;
using CsCheck;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

public sealed class PackDraftTests : IDisposable
{
    readonly EpochKey _key = SmallPack.Key();
    readonly ZstdCompressor _compressor = new(ZstdCompressor.DefaultLevel);

    public void Dispose()
    {
        _key.Dispose();
        _compressor.Dispose();
    }

    [Fact]
    public void Makes_the_bytes_that_the_encoder_makes_one_pack_after_the_other()
    {
        var draft = new PackDraft(_compressor);

        Gen.Select(Gen.Byte.Array[1, 3000].Array[0, 8], Gen.String[0, 40], Gen.String[0, 40])
            .Sample(
                (frames, publicNote, privateNote) => Assert.Equal(
                    SmallPack.Encode(frames, new CountingEntropy(), publicNote, privateNote),
                    Encode(draft, frames, new CountingEntropy(), publicNote, privateNote)),
                seed: "0000KOIikJQ4",
                iter: 100,
                threads: 1);
    }

    [Fact]
    public void Grows_with_content_that_does_not_compress()
    {
        var frames = Enumerable.Range(0, 24).Select(_ => new byte[PackEncoder.MaxPlainBytes]).ToList();
        frames.ForEach(frame => SystemEntropy.Instance.Fill(frame));

        var pack = Encode(new PackDraft(_compressor), frames, SystemEntropy.Instance, "note", "");

        Assert.Equal(frames.SelectMany(frame => frame).ToArray(), SmallPack.Decode(pack));
    }

    [Fact]
    public void Forgets_what_was_given_up()
    {
        var draft = new PackDraft(_compressor);
        draft.Append("given up"u8);
        draft.Clear();

        Assert.Equal("kept"u8.ToArray(), SmallPack.Decode(Encode(draft, ["kept"u8.ToArray()], null, "", "")));
    }

    [Fact]
    public void Encrypts_nothing_twice_even_where_it_failed()
    {
        var draft = new PackDraft(_compressor);
        draft.Append("once"u8);
        var note = new byte[PackEncoder.MaxPrivateNoteBytes + 1];

        Assert.Throws<ArgumentOutOfRangeException>(
            () => draft.Finish(SmallPack.Scope, _key, SystemEntropy.Instance, [], note));
        Assert.Empty(SmallPack.Decode(Encode(draft, [], null, "", "")));
    }

    byte[] Encode(
        PackDraft draft, IEnumerable<byte[]> frames, IEntropy? entropy, string publicNote, string privateNote)
    {
        foreach (var frame in frames)
            draft.Append(frame);

        return draft.Finish(
            SmallPack.Scope,
            _key,
            entropy ?? SystemEntropy.Instance,
            Encoding.UTF8.GetBytes(publicNote),
            Encoding.UTF8.GetBytes(privateNote)).ToArray();
    }
}
