using TomoBackup.Postgres;

namespace TomoBackup.Testing.Ledger;

/// <summary>One transaction as its writer saw it. Where its commit stands is known only within limits.</summary>
/// <param name="Sequence">Its row's key.</param>
/// <param name="Note">Its row's text.</param>
/// <param name="Transaction">Its xid.</param>
/// <param name="Before">WAL end before the commit was asked for: the commit record begins here or later.</param>
/// <param name="Asked">This machine's clock before the commit was asked for.</param>
/// <param name="Acknowledged">This machine's clock when the acknowledgement came; null while none came, which leaves
/// open whether the commit happened.</param>
/// <param name="After">WAL end after that: the record ends here or earlier; null where the server was gone before it
/// could be asked.</param>
public sealed record LedgerEntry(
    long Sequence,
    string Note,
    uint Transaction,
    Lsn Before,
    DateTimeOffset Asked,
    DateTimeOffset? Acknowledged,
    Lsn? After)
{
    public bool IsAcknowledged => Acknowledged is not null;
}
