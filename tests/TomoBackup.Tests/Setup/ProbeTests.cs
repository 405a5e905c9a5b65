using TomoBackup.Postgres.Server;
using TomoBackup.Setup;

namespace TomoBackup.Tests.Setup;

public sealed class ProbeTests
{
    [Theory]
    [InlineData("", ErrorCode.Ok)]
    [InlineData("Warnings", ErrorCode.Warnings)]
    [InlineData("TryAgain Warnings", ErrorCode.TryAgain)]
    [InlineData("TryAgain KeyMissingOrWrong Unavailable", ErrorCode.KeyMissingOrWrong)]
    [InlineData("Refused WalConflict", ErrorCode.WalConflict)]
    public void The_worst_probe_decides_how_it_ends(string codes, ErrorCode expected)
    {
        var probes = codes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<ErrorCode>)
            .Select(code => code == ErrorCode.Warnings ? Probe.Warn("x", "y", "z") : Probe.Fail("x", code, "y", "z"));

        Assert.Equal(expected, new CheckReport("main", [Probe.Good("a", "b"), .. probes], null).Result);
    }

    [Fact]
    public void What_was_not_tried_neither_passes_nor_fails()
        => Assert.Equal(ErrorCode.Ok, new CheckReport("main", [Probe.Skip("x", "y")], null).Result);

    [Theory]
    [InlineData("", "")]
    [InlineData("level=minimal", "wal_level:Failed")]
    [InlineData("mode=off", "archive_mode:Failed")]
    [InlineData("library=x", "archive_library:Failed")]
    [InlineData("command=", "archive_library:Failed")]
    [InlineData("command= library=x", "archive_library:Failed")]
    [InlineData("timeout=0", "archive_timeout:Warning")]
    [InlineData("timeout=301", "archive_timeout:Warning")]
    [InlineData("fsync=off", "fsync:Warning")]
    [InlineData("pages=off", "full_page_writes:Warning")]
    [InlineData("checksums=off", "data_checksums:Warning")]
    [InlineData("recovery=on", "recovery:Failed")]
    public void A_setting_decides_its_probe(string setting, string expected)
        => Assert.Equal(
            expected,
            string.Join(' ', ServerProbes.Settings(Facts(setting), TimeSpan.FromMinutes(5))
                .Where(probe => probe.Outcome != ProbeOutcome.Ok).Select(probe => $"{probe.Name}:{probe.Outcome}")));

    [Theory]
    [InlineData(2048, null, ProbeOutcome.Ok)]
    [InlineData(512, null, ProbeOutcome.Warning)]
    [InlineData(2048, 4096, ProbeOutcome.Warning)]
    [InlineData(8192, 4096, ProbeOutcome.Ok)]
    public void Room_is_for_one_more_backup(int freeMiB, int? lastMiB, ProbeOutcome expected)
        => Assert.Equal(
            expected,
            RepositoryProbes.Room("x", (long)freeMiB << 20, lastMiB is { } last ? (long)last << 20 : null).Outcome);

    static ServerFacts Facts(string settings)
    {
        var given = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        string Of(string name, string otherwise) => given.GetValueOrDefault(name, otherwise);

        return new ServerFacts
        {
            Version = "18.6",
            VersionNumber = 180_006,
            SystemIdentifier = 1,
            DataDirectory = "/data",
            Files = new ConfigurationFiles("/c", "/h", "/i", [], true),
            Port = 5432,
            SocketDirectories = [],
            Wal = new WalSettings
            {
                Level = Of("level", "replica"),
                ArchiveMode = Of("mode", "on"),
                ArchiveCommand = Of("command", "x %p"),
                ArchiveLibrary = Of("library", ""),
                ArchiveTimeout = TimeSpan.FromSeconds(int.Parse(Of("timeout", "60"), null)),
                FullPageWrites = Of("pages", "on") == "on",
                SegmentSize = 16 << 20,
                Summarize = true,
            },
            DataChecksums = Of("checksums", "on") == "on",
            Fsync = Of("fsync", "on") == "on",
            Libraries = new PreloadLibraries([], [], []),
            InRecovery = Of("recovery", "off") == "on",
            Timeline = 1,
            Tablespaces = [],
            Recovery = new RecoverySettings(100, 8, 10, 0, 64),
        };
    }
}
