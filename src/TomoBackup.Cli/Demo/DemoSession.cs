using Npgsql;
using NpgsqlTypes;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Cli.Demo;

/// <summary>
/// One connection to the demonstration's cluster or to what came back of it, with AGE loaded and its schema in reach.
/// Failures are <see cref="PostgresServerException"/>: refused where the server spoke, a lost session where it is gone.
/// </summary>
sealed class DemoSession : IAsyncDisposable
{
    /// <summary>Seconds: loading a million rows on a busy machine.</summary>
    const int StatementSeconds = 600;

    // Without AGE's hooks a cypher call fails with "unhandled cypher(cstring) function call".
    const string Prepare = "LOAD 'age'; SET search_path = public, ag_catalog";

    readonly NpgsqlDataSource _source;
    readonly NpgsqlConnection _connection;

    DemoSession(ServerAddress address)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Username = address.User,
            Database = address.Database,
            ApplicationName = "tomo-backup demo",
            CommandTimeout = StatementSeconds,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            Pooling = false,
            Enlist = false,
        };
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));
        _source = builder.Build();
        _connection = _source.CreateConnection();
    }

    /// <summary>Opens a session; the cluster may be a read-only one.</summary>
    public static async Task<DemoSession> OpenAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var session = new DemoSession(address);

        try
        {
            await Understand(() => session._connection.OpenAsync(cancellationToken)).ConfigureAwait(false);
            await session.ExecuteAsync(Prepare, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A number for $1, $2.</summary>
    public static NpgsqlParameter Of(long value) => new NpgsqlParameter<long> { TypedValue = value };

    /// <summary>A text for $1, $2.</summary>
    public static NpgsqlParameter Of(string value) => new NpgsqlParameter<string> { TypedValue = value };

    /// <summary>A literal whose type the server finds out, for types that only extensions know.</summary>
    public static NpgsqlParameter Literal(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown };

    /// <summary>Runs one statement, or several where there are no parameters.</summary>
    public Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
        => QueryAsync(sql, static _ => true, cancellationToken, parameters);

    /// <summary>Runs one query and reads its rows.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params NpgsqlParameter[] parameters)
    {
        var rows = new List<T>();
        await Understand(() => ReadAsync(sql, parameters, reader => rows.Add(read(reader)), cancellationToken))
            .ConfigureAwait(false);
        return rows;
    }

    /// <summary>The one value of a query.</summary>
    public async Task<T> SingleAsync<T>(
        string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
        => (await QueryAsync(sql, static row => row.GetFieldValue<T>(0), cancellationToken, parameters)
            .ConfigureAwait(false)).Single();

    /// <summary>Runs statements in one transaction and one round trip: when it returns, they are committed; when the
    /// server is lost, nobody knows.</summary>
    public async Task CommitAsync(
        IEnumerable<(string Sql, NpgsqlParameter[] Parameters)> statements, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(_connection);
        await using var owned = batch.ConfigureAwait(false);

        foreach (var (sql, parameters) in statements)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.AddRange(parameters);
            batch.BatchCommands.Add(command);
        }

        await Understand(() => batch.ExecuteNonQueryAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    async Task ReadAsync(
        string sql, NpgsqlParameter[] parameters, Action<NpgsqlDataReader> take, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // every caller's text is a constant of this room
        var command = new NpgsqlCommand(sql, _connection);
#pragma warning restore CA2100
        await using var ownedCommand = command.ConfigureAwait(false);
        command.Parameters.AddRange(parameters);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);

        do
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                take(reader);
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
    }

    static async Task Understand(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (PostgresException e)
        {
            // 57P01..3: the server is going down, or not up yet; what it was doing is not refused but lost.
            var failure = e.SqlState.StartsWith("57P", StringComparison.Ordinal)
                ? ServerFailure.SessionLost
                : ServerFailure.Refused;
            throw new PostgresServerException(
                failure, $"unable to query the demonstration's cluster: {e.SqlState} {e.MessageText}", e.SqlState, e);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException
            or System.Net.Sockets.SocketException)
        {
            throw new PostgresServerException(
                ServerFailure.SessionLost,
                $"unable to query the demonstration's cluster: {(e.InnerException ?? e).Message.TrimEnd('.')}",
                cause: e);
        }
    }
}
