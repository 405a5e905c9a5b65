using TomoBackup.Codecs;
using TomoBackup.Setup;
using TomoBackup.Storage;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Setup;

public sealed class KeyGenerationTests
{
    [Fact]
    public void The_file_is_private_and_holds_what_the_recipient_belongs_to()
    {
        using var folder = new TestFolder();
        using var signer = SigningKey.Generate();

        var recipient = KeyGeneration.Run(
            PhysicalFileSystem.Instance, SystemEntropy.Instance, folder["key"], [signer.Fingerprint]);

        using var file = IdentityFile.Parse(File.ReadAllText(folder["key"]));
        Assert.Equal(recipient, Assert.Single(file.Identities).Recipient.ToString());
        Assert.Equal([signer.Fingerprint], file.SigningKeys);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["key"]));
    }

    [Fact]
    public void A_key_is_never_overwritten()
    {
        using var folder = new TestFolder();
        var path = folder.Write("key", "precious");

        var failure = Assert.Throws<TomoBackupException>(
            () => KeyGeneration.Run(PhysicalFileSystem.Instance, SystemEntropy.Instance, path, []));

        Assert.Equal(ErrorCode.Refused, failure.Code);
        Assert.Equal("precious", File.ReadAllText(path));
    }
}
