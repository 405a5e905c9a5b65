using System.Globalization;
using Npgsql;

namespace TomoBackup.Postgres.Server;

/// <summary>Columns as our own types. pg_lsn is asked for as text, which needs no type mapping.</summary>
static class RowExtensions
{
    extension(NpgsqlDataReader row)
    {
        public Lsn Lsn(int column) => Postgres.Lsn.Parse(row.GetString(column), CultureInfo.InvariantCulture);

        public string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);

        public DateTimeOffset? Time(int column)
            => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }
}
