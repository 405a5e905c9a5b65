using System.Data;
using Npgsql;

namespace TomoBackup.Postgres.Server;

/// <summary>One connection, used by one query at a time, whose failures are already <see
/// cref="PostgresServerException"/>.</summary>
sealed class ServerSession : IAsyncDisposable
{
    /// <summary>Seconds for every query that does not wait for a checkpoint.</summary>
    const int QuerySeconds = 60;

    const int OldestMajor = 15;

    // Limits that an administrator set for applications would kill a session that idles while files are copied.
    // transaction_timeout (17+) bites single statements too.
    const string Prepare =
        """
        SELECT pg_catalog.set_config(name, '0', false)
          FROM pg_catalog.pg_settings
         WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_session_timeout', 'transaction_timeout')
         UNION ALL
        SELECT pg_catalog.set_config('search_path', 'pg_catalog', false)
        """;

    const string Identify =
        "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_postmaster_start_time()";

    readonly NpgsqlDataSource _source;
    readonly NpgsqlConnection _connection;
    readonly SemaphoreSlim _turn = new(1, 1);
    (int Backend, DateTime ServerStart) _identity;
    bool _opened;

    ServerSession(ServerAddress address)
    {
        Address = address;
        _source = BuildSource(address);
        _connection = _source.CreateConnection();
    }

    public ServerAddress Address { get; }

    public int Major { get; private set; }

    public static async Task<ServerSession> OpenAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var session = new ServerSession(address);

        try
        {
            await session.OpenAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs one query and reads its rows.</summary>
    /// <param name="attempt">What is tried, behind "unable to".</param>
    /// <param name="sql">The query, its parameters as $1, $2.</param>
    /// <param name="read">Makes a value of the current row.</param>
    /// <param name="cancellationToken">Cancels the query on the server.</param>
    /// <param name="parameters">Values of the parameters.</param>
    public Task<List<T>> QueryAsync<T>(
        string attempt,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params ReadOnlySpan<NpgsqlParameter> parameters)
        => RunAsync(attempt, Command(sql, QuerySeconds, parameters), read, cancellationToken);

    /// <summary>As <see cref="QueryAsync"/> for exactly one row.</summary>
    public async Task<T> SingleAsync<T>(
        string attempt, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        => (await QueryAsync(attempt, sql, read, cancellationToken).ConfigureAwait(false)).Single();

    /// <summary>As <see cref="QueryAsync"/> for one row that may take as long as a checkpoint.</summary>
    public async Task<T> PatientAsync<T>(
        string attempt,
        string sql,
        Func<NpgsqlDataReader, T> read,
        NpgsqlParameter[] parameters,
        CancellationToken cancellationToken)
        => (await RunAsync(attempt, Command(sql, seconds: 0, parameters), read, cancellationToken)
            .ConfigureAwait(false)).Single();

    /// <summary>Fails where the session or the server is not the one that was opened.</summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        var now = await SingleAsync("reach the session", Identify, Identity, cancellationToken).ConfigureAwait(false);

        if (now != _identity)
            throw new PostgresServerException(
                ServerFailure.SessionLost, $"session on '{Address}' is not the one that was opened");
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    static NpgsqlDataSource BuildSource(ServerAddress address)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(address.ToNpgsql());

        // Only built-in types are asked for; loading the catalog of types would cost a query on each connection.
        builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));

        if (address.MayEncrypt)
            builder.EnableTransportSecurity();

        return builder.Build();
    }

    static (int Backend, DateTime ServerStart) Identity(NpgsqlDataReader row) => (row.GetInt32(0), row.GetDateTime(1));

    async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ServerErrors.Understands(e))
        {
            throw ServerErrors.Of($"connect to '{Address}'", e, wasOpen: false, isOpen: false);
        }

        _opened = true;
        Major = _connection.PostgreSqlVersion.Major;

        if (Major < OldestMajor)
            throw new PostgresServerException(
                ServerFailure.Refused, $"server '{Address}' is PostgreSQL {Major}: at least {OldestMajor} is needed");

        await QueryAsync("prepare the session", Prepare, static _ => true, cancellationToken).ConfigureAwait(false);
        _identity = await SingleAsync("prepare the session", Identify, Identity, cancellationToken)
            .ConfigureAwait(false);
    }

    NpgsqlCommand Command(string sql, int seconds, ReadOnlySpan<NpgsqlParameter> parameters)
    {
#pragma warning disable CA2100 // texts are constants of this room, or a planner's quoted statements
        var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = seconds };
#pragma warning restore CA2100

        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }

    async Task<List<T>> RunAsync<T>(
        string attempt, NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var owned = command.ConfigureAwait(false);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            return await ReadAllAsync(command, read, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ServerErrors.Understands(e))
        {
            throw ServerErrors.Of(attempt, e, _opened, _connection.State == ConnectionState.Open);
        }
        finally
        {
            _turn.Release();
        }
    }

    async Task<List<T>> ReadAllAsync<T>(
        NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        if (_connection.State != ConnectionState.Open)
            throw new NpgsqlException($"the session on '{Address}' has ended");

        var rows = new List<T>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var owned = reader.ConfigureAwait(false);

        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(read(reader));

        return rows;
    }
}
