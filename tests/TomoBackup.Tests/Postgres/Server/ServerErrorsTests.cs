using System.Net.Sockets;
using Npgsql;
using TomoBackup.Postgres.Server;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Postgres.Server;

public sealed class ServerErrorsTests
{
    [Theory]
    [InlineData("57P03", false, false, ServerFailure.Unreachable)] // starting up
    [InlineData("53300", false, false, ServerFailure.Unreachable)] // too many clients
    [InlineData("28P01", false, false, ServerFailure.Denied)] // wrong password
    [InlineData("28000", false, false, ServerFailure.Denied)] // no pg_hba.conf entry
    [InlineData("42501", true, true, ServerFailure.Denied)]
    [InlineData("55000", true, true, ServerFailure.Refused)] // not in a backup, or in recovery
    [InlineData("3D000", false, false, ServerFailure.Refused)] // no such database
    [InlineData("57P01", true, false, ServerFailure.SessionLost)] // administrator's command
    [InlineData("57P01", false, false, ServerFailure.Unreachable)]
    [InlineData("XX000", true, false, ServerFailure.SessionLost)]
    [InlineData("XX000", true, true, ServerFailure.Other)]
    public void Sorts_what_the_server_says(string sqlState, bool wasOpen, bool isOpen, ServerFailure expected)
    {
        var said = new PostgresException("no", "ERROR", "ERROR", sqlState);

        Assert.Equal(expected, ServerErrors.Of("try", said, wasOpen, isOpen).Failure);
    }

    [Theory]
    [InlineData(false, false, ServerFailure.Unreachable)]
    [InlineData(true, false, ServerFailure.SessionLost)]
    [InlineData(true, true, ServerFailure.Unreachable)]
    public void Sorts_what_the_network_does(bool wasOpen, bool isOpen, ServerFailure expected)
    {
        var cause = new NpgsqlException("outer", new SocketException((int)SocketError.ConnectionReset));
        var failure = ServerErrors.Of("try", cause, wasOpen, isOpen);

        Assert.Equal(expected, failure.Failure);
        Assert.True(failure.IsTransient);
        Assert.DoesNotContain("outer", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_the_server_s_words_and_its_hint()
    {
        var said = new PostgresException(
            "a backup is already in progress in this session", "ERROR", "ERROR", "55000", hint: "Run it.");

        Assert.Equal(
            "unable to start a backup: 55000 a backup is already in progress in this session (Run it.)",
            ServerErrors.Of("start a backup", said, wasOpen: true, isOpen: true).Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        using var folder = new TestFolder();

        var failure = await Assert.ThrowsAsync<PostgresServerException>(() => NpgsqlServer.OpenAsync(
            $"host={folder.FullPath} user=nobody dbname=postgres", TestContext.Current.CancellationToken));

        Assert.Equal(ServerFailure.Unreachable, failure.Failure);
        Assert.StartsWith(
            $"unable to connect to 'host={folder.FullPath} port=5432 user=nobody dbname=postgres': ",
            failure.Message,
            StringComparison.Ordinal);
    }
}
