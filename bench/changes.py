"""The changes between two incremental backups: the same statements, in the same order, for every contestant."""
import time
from dataclasses import dataclass

from machine import Failed

RANGES = 8
SUMMARY_SECONDS = 60

# A page of rows that are updated brings one for the new rows and a third for the indexes; measured.
PAGES_OF_ONE = 2.3

# Rows that lie together, and whose index entries do, too.
TOGETHER = {
    "pgbench_accounts": "abalance = abalance + 1",
    'people."Person"': "properties = properties || '{{\"seen\": {number}}}'::agtype",
    'people."KNOWS"': "properties = properties || '{{\"seen\": {number}}}'::agtype",
}

# Their indexes scatter what lies together: GIN, HNSW.
APART = {
    "documents": "body = jsonb_set(body, '{{owner}}', to_jsonb((id * 7 + {number}) % 997))",
    "embeddings": "embedding = embedding + array_fill(0.01::real, ARRAY[384])::vector",
}

SIZES = """
SELECT relation, pg_relation_size(relation::regclass) / 8192, reltuples::bigint
  FROM unnest(ARRAY[{names}]) AS relation JOIN pg_class ON oid = relation::regclass
"""

# Row addresses by hash: a scan of the whole table would prune pages that no change has touched.
SCATTERED = """
UPDATE {name} SET {change} WHERE ctid = ANY (ARRAY(
    SELECT format('(%s,%s)', (hashint8extended(n, {number}) & 2147483647) % {pages},
                  1 + (hashint8extended(-n, {number}) & 2147483647) % {rows})::tid
      FROM generate_series(1, {count}) AS n));
"""

SUMMARIZED = """
SELECT summarized_lsn >= redo_lsn FROM pg_get_wal_summarizer_state(), pg_control_checkpoint()
"""

CHANGED = """
SELECT count(*) FROM (
    SELECT DISTINCT reltablespace, reldatabase, relfilenode, relblocknumber
      FROM pg_available_wal_summaries() AS summary
     CROSS JOIN LATERAL pg_wal_summary_contents(summary.tli, summary.start_lsn, summary.end_lsn)
     WHERE summary.end_lsn > '{since}' AND relforknumber = 0 AND NOT is_limit_block) AS block
"""


@dataclass(frozen=True)
class Change:
    """A kind of change: so many pages in ranges, or such a share of the rows anywhere."""
    name: str
    title: str
    pages: float = 0
    rows: float = 0


RANGES_CHANGED = Change("ranges", "1 % of the pages in ranges", pages=0.01)
FEW_ROWS = Change("few rows", "0.01 % of the rows at random", rows=0.0001)
MANY_ROWS = Change("many rows", "1 % of the rows at random", rows=0.01)
SMALL_RANGES = Change("small ranges", "0.1 % of the pages in ranges", pages=0.001)


@dataclass(frozen=True)
class Table:
    name: str
    change: str
    pages: int
    tuples: int


class Changes:
    """Changes a cluster further and further. Rows are found by the address that they were loaded to."""

    def __init__(self, cluster, data_pages):
        """The pages of which a change takes its share: of another cluster, where two get the same changes."""
        self.cluster, self.data_pages, self._number = cluster, data_pages, 0
        names = ", ".join(f"'{name}'" for name in (*TOGETHER, *APART))
        found = dict(line.split("|", 1) for line in cluster.sql(SIZES.format(names=names)).splitlines())
        self._tables = [Table(name, change, *map(int, found[name].split("|")))
                        for name, change in (*TOGETHER.items(), *APART.items())]

    def make(self, change):
        """Makes one and waits until PostgreSQL has summed it up; answers how many pages changed."""
        since = self.cluster.sql("CHECKPOINT; SELECT pg_current_wal_insert_lsn()")
        self._number += 1
        statements = self._ranges(change.pages) if change.pages else self._scattered(change.rows)
        self.cluster.sql("LOAD 'age'; SET search_path = public, ag_catalog;\n" + "".join(statements))
        self.cluster.sql("CHECKPOINT")
        deadline = time.monotonic() + SUMMARY_SECONDS
        while self.cluster.sql(SUMMARIZED) != "t":
            if time.monotonic() > deadline:
                raise Failed(f"after {SUMMARY_SECONDS} s, PostgreSQL has not summed up its WAL")
            time.sleep(0.05)
        return int(self.cluster.sql(CHANGED.format(since=since)))

    def _ranges(self, share):
        tables = [table for table in self._tables if table.name in TOGETHER]
        share *= self.data_pages / PAGES_OF_ONE / sum(table.pages for table in tables)
        for table in tables:
            width = max(1, round(share * table.pages / RANGES))
            if self._number * width > table.pages // RANGES:
                raise Failed(f"{self._number} changes of {RANGES * width} pages are more than '{table.name}' has")
            for number in range(RANGES):
                first = number * table.pages // RANGES + (self._number - 1) * width
                yield (f"UPDATE {table.name} SET {table.change.format(number=self._number)} "
                       f"WHERE ctid >= '({first},0)' AND ctid < '({first + width},0)';\n")

    def _scattered(self, share):
        for table in self._tables:
            yield SCATTERED.format(name=table.name, change=table.change.format(number=self._number),
                                   number=self._number, pages=table.pages, rows=max(1, table.tuples // table.pages),
                                   count=max(1, round(share * table.tuples)))
