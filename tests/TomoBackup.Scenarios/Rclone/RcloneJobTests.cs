using TomoBackup.Scenarios.MainJob;
using TomoBackup.Scenarios.Sftp;
using TomoBackup.Testing.Rclone;

namespace TomoBackup.Scenarios.Rclone;

/// <summary>The main job with a remote of rclone: crypt over an SSH server.</summary>
public sealed class RcloneJobTests(SshServerFixture fixture) : IClassFixture<SshServerFixture>
{
    [Fact]
    public async Task A_cluster_that_has_a_remote_only_is_backed_up_archived_and_brought_back_to_a_moment()
    {
        using var rclone = await TestRclone.CreateAsync(fixture.Server);
        await using var production = await WholeJob.PrepareAsync(
            $"{{ store: \"{rclone.AddressOf("crypt-server", "store")}\", rclone_config: {rclone.ConfigFile} }}");
        var path = $"{Path.GetDirectoryName(TestRclone.Program)}:{Environment.GetEnvironmentVariable("PATH")}";
        production.Tool.Environment["PATH"] = path;
        production.Cluster.ArchiveWith($"PATH={path} {production.ArchiveCommand}");

        await WholeJob.RunAsync(production);

        // The remote's own encryption hid the names.
        Assert.NotEmpty(Directory.GetFiles(fixture.Server["data"], "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(fixture.Server["data"], "manifest*", SearchOption.AllDirectories));
    }
}
