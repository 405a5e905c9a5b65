using System.Text;
using CsCheck;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Codecs;

public sealed class AgeFileTests : IDisposable
{
    static readonly byte[] Secret = "thirty-two bytes of a data key.."u8.ToArray();

    readonly AgeIdentity _operational = AgeIdentity.Generate(SystemEntropy.Instance);
    readonly AgeIdentity _escrow = AgeIdentity.Generate(SystemEntropy.Instance);
    readonly AgeIdentity _stranger = AgeIdentity.Generate(SystemEntropy.Instance);

    public void Dispose()
    {
        _operational.Dispose();
        _escrow.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public void Either_of_two_recipients_opens_it_and_nobody_else()
    {
        var file = Encrypt(Secret);

        Assert.Equal(Secret, AgeFile.Decrypt(file, [_operational]));
        Assert.Equal(Secret, AgeFile.Decrypt(file, [_escrow]));
        Assert.Equal(Secret, AgeFile.Decrypt(file, [_stranger, _escrow]));
        Assert.Equal(CodecFailure.NoIdentity, FailureOf(file, _stranger));
        Assert.Equal(
            CodecFailure.NoIdentity, Assert.Throws<CodecException>(() => AgeFile.Decrypt(file, [])).Failure);
    }

    [Fact]
    public void Gives_back_any_length_around_its_chunks()
        => Gen.OneOf(Gen.Int[0, 300], Gen.Int[65_530, 65_540], Gen.Int[131_070, 131_075])
            .Sample(
                length =>
                {
                    var plain = new byte[length];
                    new CountingEntropy().Fill(plain);
                    Assert.Equal(plain, AgeFile.Decrypt(Encrypt(plain), [_escrow]));
                },
                seed: "0000KOIikJQ4",
                iter: 60);

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void The_age_program_opens_what_we_wrote_with_either_key(int length)
    {
        using var age = new OtherProgram("age");
        var plain = new byte[length];
        SystemEntropy.Instance.Fill(plain);
        var file = age.Write("file.age", Encrypt(plain));

        foreach (var identity in new[] { _operational, _escrow })
        {
            var path = age.Write("identity", Encoding.ASCII.GetBytes(IdentityFile.Write(identity, [])));
            Assert.Equal(plain, age.Run([], "-d", "-i", path, file));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void We_open_what_the_age_program_wrote(int length)
    {
        using var age = new OtherProgram("age");
        var plain = new byte[length];
        SystemEntropy.Instance.Fill(plain);

        var file = age.Run(plain, "-r", $"{_operational.Recipient}", "-r", $"{_escrow.Recipient}");

        Assert.Equal(plain, AgeFile.Decrypt(file, [_operational]));
        Assert.Equal(plain, AgeFile.Decrypt(file, [_escrow]));
        Assert.Equal(CodecFailure.NoIdentity, FailureOf(file, _stranger));
    }

    [Fact]
    public void We_read_what_age_keygen_wrote()
    {
        using var keygen = new OtherProgram("age-keygen");
        var text = Encoding.ASCII.GetString(keygen.Run([]));
        using var file = IdentityFile.Parse(text);

        Assert.Contains($"# public key: {file.Identities[0].Recipient}", text, StringComparison.Ordinal);
        Assert.Contains(file.Identities[0].ExportText(), text, StringComparison.Ordinal);
        Assert.Empty(file.SigningKeys);
    }

    [Fact]
    public void Refuses_a_flipped_bit_in_every_byte_and_every_truncation()
    {
        var file = Encrypt(Secret);

        for (var i = 0; i < file.Length; i++)
        {
            var flipped = file.ToArray();
            flipped[i] ^= (byte)(1 << (i % 8));
            Assert.IsType<CodecException>(Record.Exception(() => AgeFile.Decrypt(flipped, [_operational])));
        }

        for (var length = 0; length < file.Length; length++)
        {
            var cut = file[..length];
            Assert.IsType<CodecException>(Record.Exception(() => AgeFile.Decrypt(cut, [_operational])));
        }

        Assert.Equal(CodecFailure.Damaged, FailureOf([.. file, 0], _operational));
    }

    [Fact]
    public void Refuses_chunks_that_were_dropped_or_changed_places()
    {
        const int Chunk = 65_536 + 16;
        var file = Encrypt(new byte[3 * 65_536]);
        var start = file.Length - 3 * Chunk;
        var (head, first, second, third) = (
            file[..start],
            file[start..(start + Chunk)],
            file[(start + Chunk)..(start + 2 * Chunk)],
            file[(start + 2 * Chunk)..]);

        Assert.Equal(CodecFailure.Damaged, FailureOf([.. head, .. second, .. first, .. third], _operational));
        Assert.Equal(CodecFailure.Damaged, FailureOf([.. head, .. first, .. second], _operational));
        Assert.Equal(CodecFailure.Damaged, FailureOf([.. head, .. first, .. third], _operational));
        Assert.Equal(CodecFailure.Damaged, FailureOf(head, _operational));
    }

    [Fact]
    public void Has_at_least_one_recipient_and_only_usable_ones()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => AgeFile.Encrypt(Secret, [], SystemEntropy.Instance));

        var zero = new AgeRecipient(new byte[32]);
        Assert.Equal(
            CodecFailure.Invalid,
            Assert.Throws<CodecException>(() => AgeFile.Encrypt(Secret, [zero], SystemEntropy.Instance)).Failure);
    }

    byte[] Encrypt(byte[] plain)
        => AgeFile.Encrypt(plain, [_operational.Recipient, _escrow.Recipient], SystemEntropy.Instance);

    static CodecFailure FailureOf(byte[] file, AgeIdentity identity)
        => Assert.Throws<CodecException>(() => AgeFile.Decrypt(file, [identity])).Failure;
}
