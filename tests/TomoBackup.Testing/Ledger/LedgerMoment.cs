using TomoBackup.Postgres;

namespace TomoBackup.Testing.Ledger;

/// <summary>
/// A point between two commits, with no commit under way and a pause on either side: whichever way it is given to a
/// restore, by position, by time or by transaction, the same rows must come back.
/// </summary>
/// <param name="Commits">Acknowledged commits up to here.</param>
/// <param name="Lsn">WAL position.</param>
/// <param name="Time">Clock of this machine, which is the server's.</param>
/// <param name="LastTransaction">The last xid that committed.</param>
public sealed record LedgerMoment(int Commits, Lsn Lsn, DateTimeOffset Time, uint LastTransaction);
