using System.Buffers.Binary;
using System.Globalization;
using TomoBackup.Postgres;

namespace TomoBackup.Tests.Postgres;

public sealed class ControlFileTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public void Says_what_pg_controldata_says(int major)
    {
        var file = ControlFile.Parse(Fixture.Bytes($"pg_control.{major}.gz"));
        var stated = Fixture.Text($"pg_controldata.{major}.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0], parts => parts[1].Trim());

        Assert.Equal(major, file.MajorVersion);
        Assert.Equal("shut down", stated["Database cluster state"]);
        Assert.True(file.IsCleanlyShutDown);

        var found = new Dictionary<string, object>
        {
            ["Database system identifier"] = file.SystemIdentifier,
            ["Catalog version number"] = file.CatalogVersion,
            ["pg_control last modified"] = Time(file.LastUpdate),
            ["Latest checkpoint location"] = file.Checkpoint,
            ["Latest checkpoint's REDO location"] = file.Redo,
            ["Latest checkpoint's TimeLineID"] = file.Timeline,
            ["Latest checkpoint's PrevTimeLineID"] = file.PreviousTimeline,
            ["Latest checkpoint's full_page_writes"] = OnOff(file.FullPageWrites),
            ["Latest checkpoint's NextXID"] = $"{file.NextXid >> 32}:{(uint)file.NextXid}",
            ["Latest checkpoint's NextOID"] = file.NextOid,
            ["Latest checkpoint's NextMultiXactId"] = file.NextMultiXact,
            ["Latest checkpoint's NextMultiOffset"] = file.NextMultiXactOffset,
            ["Latest checkpoint's oldestXID"] = file.OldestXid,
            ["Latest checkpoint's oldestXID's DB"] = file.OldestXidDatabase,
            ["Time of latest checkpoint"] = Time(file.CheckpointTime),
            ["Fake LSN counter for unlogged rels"] = file.UnloggedLsn,
            ["Minimum recovery ending location"] = file.MinRecoveryPoint,
            ["Min recovery ending loc's timeline"] = file.MinRecoveryPointTimeline,
            ["Backup start location"] = file.BackupStart,
            ["Backup end location"] = file.BackupEnd,
            ["End-of-backup record required"] = file.BackupEndRequired ? "yes" : "no",
            ["wal_level setting"] = file.WalLevel.ToString().ToLowerInvariant(),
            ["wal_log_hints setting"] = OnOff(file.WalLogHints),
            ["max_connections setting"] = file.MaxConnections,
            ["max_worker_processes setting"] = file.MaxWorkerProcesses,
            ["max_wal_senders setting"] = file.MaxWalSenders,
            ["max_prepared_xacts setting"] = file.MaxPreparedTransactions,
            ["max_locks_per_xact setting"] = file.MaxLocksPerTransaction,
            ["track_commit_timestamp setting"] = OnOff(file.TrackCommitTimestamp),
            ["Database block size"] = file.BlockBytes,
            ["Blocks per segment of large relation"] = file.BlocksPerSegment,
            ["WAL block size"] = file.WalBlockBytes,
            ["Bytes per WAL segment"] = file.WalSegmentSize.Bytes,
            ["Data page checksum version"] = file.DataChecksums ? 1 : 0,
        };

        foreach (var (name, value) in found)
            Assert.Equal($"{name}: {stated[name]}", string.Create(CultureInfo.InvariantCulture, $"{name}: {value}"));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public void Notices_every_changed_byte_that_counts(int major)
    {
        var bytes = Fixture.Bytes($"pg_control.{major}.gz");
        var end = major == 18 ? 296 : 292;

        for (var i = 0; i < end; i++)
        {
            bytes[i] ^= 0x10;
            Assert.NotEqual(ControlFileVerdict.Valid, ControlFile.TryParse(bytes, out var file));
            Assert.Null(file);
            bytes[i] ^= 0x10;
        }

        Assert.Equal(ControlFileVerdict.Valid, ControlFile.TryParse(bytes, out _));
    }

    [Fact]
    public void Tells_what_is_wrong()
    {
        var bytes = Fixture.Bytes("pg_control.15.gz");
        Assert.Equal(ControlFileVerdict.WrongLength, ControlFile.TryParse(bytes.AsSpan(1), out _));

        bytes[300] = 1;
        Assert.Equal(ControlFileVerdict.Valid, ControlFile.TryParse(bytes, out _));

        bytes[40] ^= 1;
        Assert.Equal(ControlFileVerdict.BadChecksum, ControlFile.TryParse(bytes, out _));
        Assert.Throws<PostgresFormatException>(() => ControlFile.Parse(bytes));

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), 1800);
        Assert.Equal(ControlFileVerdict.OtherByteOrder, ControlFile.TryParse(bytes, out _));

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 1902);
        Assert.Equal(ControlFileVerdict.UnknownVersion, ControlFile.TryParse(bytes, out _));
    }

    [Fact]
    public void Takes_control_version_1300_for_15_or_16_by_its_catalog_and_refuses_14()
    {
        Assert.Equal((ControlFileVerdict.Valid, 16), WithCatalog(202307071));
        Assert.Equal((ControlFileVerdict.UnknownVersion, null), WithCatalog(202107181));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public void Makes_the_checkpoint_unusable_and_changes_nothing_else(int major)
    {
        var bytes = Fixture.Bytes($"pg_control.{major}.gz");
        var changed = ControlFile.WithUnusableCheckpoint(bytes);

        Assert.Equal(
            ControlFile.Parse(bytes) with { Checkpoint = ControlFile.UnusableCheckpoint },
            ControlFile.Parse(changed));
        Assert.Equal(bytes[40..288], changed[40..288]);
        Assert.Equal(ControlFile.FileBytes, changed.Length);
    }

    static (ControlFileVerdict Verdict, int? Major) WithCatalog(uint catalog)
    {
        var bytes = Fixture.Bytes("pg_control.15.gz");
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), catalog);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(288), Crc32C.Compute(bytes.AsSpan(0, 288)));
        return (ControlFile.TryParse(bytes, out var file), file?.MajorVersion);
    }

    static string OnOff(bool value) => value ? "on" : "off";

    static string Time(DateTimeOffset time) => time.ToString("ddd MMM dd HH:mm:ss yyyy", CultureInfo.InvariantCulture);
}
