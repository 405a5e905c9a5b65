using TomoBackup.Testing;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>The host burnt down. What is left: the repository, the escrow sheet, the executable.</summary>
public sealed class EmptyMachineTests
{
    [Fact]
    public async Task The_escrow_sheet_alone_restores_the_repository_without_a_policy()
    {
        using var machine = new TestFolder();
        await using var production = await ProtectedCluster.StartAsync();
        await production.BackupAsync();
        await production.WriteSegmentsAsync(2);
        await production.Cluster.StopAsync();
        var sheet = machine.Write("sheet.txt", await File.ReadAllTextAsync(
            production.EscrowSheet, TestContext.Current.CancellationToken));
        File.SetUnixFileMode(sheet, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.Delete(production.Policy.StateDirectory, recursive: true);
        File.Delete(production.Policy.IdentityFile!);
        File.Delete(production.Tool.PolicyFile!);
        var copy = await production.PlaceAsync("copy");

        var result = await new ToolRunner(machine).ExpectAsync(
            0,
            [
                .. ProtectedCluster.StartArguments(copy), "--start", "--latest",
                "--from", $"file://{production.Policy.Repository}", "--identity", sheet,
            ]);

        Assert.Contains("as planned", result.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, production.Ledger.Everything);
    }
}
