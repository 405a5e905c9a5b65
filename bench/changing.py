"""A copy of the large cluster that is changed, with WAL summaries, and the proof that a restore of it is equal."""
import shutil
import threading
import time
from pathlib import Path

from changes import Changes
from cluster import Cluster
from machine import Failed, fresh, remove, run, say

ARCHIVE_SECONDS = 120
RECOVERY_SECONDS = 120

TABLES = """
SELECT string_agg(format(
    'SELECT %L, count(*), sum(hashtextextended(t::text, 0)::numeric) FROM ONLY %s AS t', oid::regclass,
    oid::regclass), ' UNION ALL ')
  FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('public', 'people', 'ag_catalog')
"""


class ChangingCluster:
    """Lives in a folder of its own, together with the repositories; the cluster it is copied from stays as it is."""

    def __init__(self, options, name):
        self.folder = Path(options.dir) / name
        self.folder.mkdir(exist_ok=True)
        self.cluster = Cluster(options.bin, self.folder / "data", self.folder / "socket")
        self.changes = self.data_pages = None

    def copy(self, base):
        """Files of a cluster that is shut down, with the one WAL segment that it starts from."""
        self.close()
        fresh(self.folder)
        self.cluster.socket.mkdir()
        control = run(self.cluster.bin / "pg_controldata", base.data)
        first = next(line.split()[-1] for line in control.splitlines() if "REDO WAL file" in line)
        shutil.copytree(base.data, self.cluster.data,
                        ignore=lambda path, names: names if path == f"{base.data}/pg_wal" else ())
        for name in ("archive_status", "summaries"):
            (self.cluster.data / "pg_wal" / name).mkdir(mode=0o700)
        shutil.copy2(base.data / "pg_wal" / first, self.cluster.data / "pg_wal" / first)
        for gaps in self.cluster.data.glob("base/*/*_fsm"):
            gaps.unlink()  # new rows are to lie together, too, not in what gaps pgbench left
        with open(self.cluster.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(f"unix_socket_directories = '{self.cluster.socket}'\nsummarize_wal = on\n")

    def start(self, data_pages=None):
        """The pages of which changes take their share; its own where none are given."""
        self.cluster.start()
        self.data_pages = data_pages or self.cluster.data_bytes() // 8192
        self.changes = Changes(self.cluster, self.data_pages)

    def archive(self, command):
        self.cluster.set_archiving(command)
        self.cluster.reload()
        self.cluster.wait_archived(ARCHIVE_SECONDS)

    def begin_chain(self, tool):
        """A new repository with a full backup."""
        self.archive("true")
        tool.prepare()
        self.archive(tool.archive_command())
        began = time.monotonic()
        run(*tool.backup())
        say(f"full backup to begin with: {tool.name} {time.monotonic() - began:.2f} s")

    def change(self, change):
        """Makes a change whose WAL goes nowhere; answers how many pages it changed."""
        self.archive("true")
        pages = self.changes.make(change)
        self.cluster.sql("SELECT pg_switch_wal()")
        self.cluster.wait_archived(ARCHIVE_SECONDS)
        return pages

    def close(self):
        self.cluster.stop()
        remove(self.folder)

    def check(self, target):
        """Starts what was restored beside the source, and compares all tables of both: rows and a sum of hashes."""
        run(self.cluster.bin / "pg_verifybackup", "-q", target)
        restored = Cluster(self.cluster.bin, target, fresh(self.folder / "restored-socket"))
        restored.start(f"-c unix_socket_directories={restored.socket}")
        try:
            deadline = time.monotonic() + RECOVERY_SECONDS
            while restored.sql("SELECT pg_is_in_recovery()") != "f":
                if time.monotonic() > deadline:
                    raise Failed(f"after {RECOVERY_SECONDS} s, the restored cluster still recovers")
                time.sleep(0.1)
            ours, source = both(lambda: contents(restored), lambda: contents(self.cluster))
        finally:
            restored.stop("immediate")
        if ours != source:
            raise Failed(f"the restored cluster has {ours}, its source {source}")
        say(f"restored and equal: {len(source)} tables, {sum(int(line.split('|')[1]) for line in source)} rows")


def contents(cluster):
    """A line for each table: name, rows, sum of hashes."""
    tables = cluster.sql(TABLES)
    return sorted(cluster.sql(f"LOAD 'age'; SET search_path = public, ag_catalog;\n{tables};").splitlines())


def both(first, second):
    """Two answers, found at the same time."""
    answers = {}
    thread = threading.Thread(target=lambda: answers.update(first=first()), daemon=True)
    thread.start()
    answer = second()
    thread.join()
    if "first" not in answers:
        raise Failed("the restored cluster could not be read")
    return answers["first"], answer
