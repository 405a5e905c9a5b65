"""Makes a cluster larger, fast: copies of its tables that no WAL tells of."""
import os

from machine import say

# Nothing is waited for while it is loaded; a full backup begins the chain, so that no summary need speak of it.
LOADING = "-c wal_level=minimal -c max_wal_senders=0 -c archive_mode=off -c summarize_wal=off -c fsync=off"

COPIED = ("pgbench_accounts", "embeddings", "documents")


def enlarge(cluster, times):
    """Copies tables until there is so many times as much; the cluster is stopped before and after."""
    wanted = times * cluster.data_bytes()
    say(f"making a cluster of {wanted / 1e6:.0f} MB")
    cluster.start(LOADING)
    try:
        number = 0
        while cluster.data_bytes() < wanted:
            name = COPIED[number % len(COPIED)]
            cluster.sql(f"CREATE TABLE {name}_{number} AS TABLE {name}")
            number += 1
        cluster.sql("CHECKPOINT")
    finally:
        cluster.stop()
    os.sync()
