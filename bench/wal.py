"""The archive's speed: PostgreSQL's own archiver pushes, a recovery gets, and what a call costs that has nothing to do.

A cluster of its own, with a backup and then a number of full segments that wait for the archiver, is made once and
copied for each tool and round, so that all of them get the same bytes. Segments are linked, not copied: nothing
writes to them ('wal_recycle' is off), and they stay in the page cache.
"""
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from cluster import PORT, Cluster, kept
from contestants import PgBackRest, Tomo
from machine import Failed, fresh, remove, say

SCALE = 20
PUSH_SECONDS = 600
CHECKPOINT_SEGMENTS = 16


class WalBench:
    """Lives in two folders: 'base' is kept, 'live' is where everything runs, because a policy names its paths."""

    def __init__(self, folder, programs, tomo, pgbackrest, segments):
        self.base, self.live = Path(folder) / "wal-base", Path(folder) / "wal-live"
        self.live.mkdir(exist_ok=True)
        self.segments = segments
        self.cluster = Cluster(programs, self.live / "data", self.live / "socket")
        self.tools = [Tomo(tomo, self.cluster, self.live / "tomo"),
                      PgBackRest(pgbackrest, 1, self.cluster, self.live / "pgbackrest"),
                      PgBackRest(pgbackrest, 3, self.cluster, self.live / "pgbackrest")]
        # A repository is read back by the executable that made it.
        self._wanted = {"layout": 1, "segments": segments, "postgres": self.cluster.version(), "tomo": str(tomo)}

    def close(self):
        self.cluster.stop("immediate")
        remove(self.live)

    def build(self, again):
        if kept(self.base / "made.json", self._wanted) and not again:
            return
        say(f"building a cluster with {self.segments} waiting segments")
        remove(self.base)
        self.cluster.create("checkpoint_timeout = 5min\nwal_recycle = off\n")
        self.cluster.start()
        try:
            self.cluster.pgbench("-i", "-q", "-s", SCALE)
            self._back_up()
            self._fill()
        finally:
            self.cluster.stop()
        names = self.cluster.ready()[:self.segments]
        self.base.mkdir()
        shutil.move(self.cluster.data, self.base / "data")
        shutil.move(self.live / "tomo", self.base / "tomo")
        os.sync()
        (self.base / "names.json").write_text(json.dumps(names), encoding="utf-8")
        (self.base / "made.json").write_text(json.dumps(self._wanted), encoding="utf-8")

    def _back_up(self):
        """Ours plans what it gets from a backup on; WAL from before it waits for nobody."""
        tomo = self.tools[0]
        tomo.prepare()
        self.cluster.set_archiving(tomo.archive_command())
        self.cluster.reload()
        tomo.run("backup", "--full")
        self.cluster.sql("SELECT pg_switch_wal()")
        self.cluster.wait_archived(PUSH_SECONDS)
        self.cluster.set_archiving("")
        self.cluster.reload()
        time.sleep(1)

    def _fill(self):
        """Ordinary transactions until enough segments are full, with a checkpoint now and then: its full pages fill
        most segments of a busy server, and without them this would take half an hour."""
        load = subprocess.Popen(
            [self.cluster.bin / "pgbench", "-n", "-h", self.cluster.socket, "-p", str(PORT), "-U", "postgres",
             "-c", "8", "-j", "2", "-T", "3600", "postgres"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PGOPTIONS": "-c synchronous_commit=off"})
        checkpoint = 0
        try:
            while (ready := len(self.cluster.ready())) < self.segments:
                if load.poll() is not None:
                    raise Failed(f"pgbench ended early with {load.returncode}")
                if ready - checkpoint >= CHECKPOINT_SEGMENTS:
                    self.cluster.sql("CHECKPOINT")
                    checkpoint = ready
                time.sleep(0.2)
        finally:
            load.send_signal(signal.SIGINT)
            load.wait()

    def names(self):
        return json.loads((self.base / "names.json").read_text(encoding="utf-8"))

    def _copy(self, tool):
        """A fresh start for one tool: the cluster with its waiting segments, and an archive that has none of them."""
        self.cluster.stop("immediate")
        for name in ("data", "tomo", "pgbackrest", "recovery"):
            remove(self.live / name)
        waiting = set(self.names())

        def place(source, target):
            if os.path.basename(source) in waiting and "archive_status" not in source:
                os.link(source, target)
            else:
                shutil.copy2(source, target)

        shutil.copytree(self.base / "data", self.cluster.data, copy_function=place)
        for status in (self.cluster.data / "pg_wal" / "archive_status").glob("*.ready"):
            if status.stem not in waiting:
                status.rename(status.with_suffix(".done"))
        if isinstance(tool, Tomo):
            shutil.copytree(self.base / "tomo", self.live / "tomo")
        os.sync()

    def push(self, tool):
        """Segments a second, from the reload until none is waiting."""
        self._copy(tool)
        self.cluster.start()
        if isinstance(tool, PgBackRest):
            tool.prepare()
        self.cluster.set_archiving(tool.archive_command())
        waiting = len(self.cluster.ready())
        if waiting != self.segments:
            raise Failed(f"{waiting} segments wait, not {self.segments}")
        os.sync()
        began = time.monotonic()
        self.cluster.reload()
        rate = waiting / (self.cluster.wait_archived(PUSH_SECONDS) - began)
        self.cluster.stop("immediate")
        return rate

    def get(self, tool, compare):
        """Segments a second of calls one after the other, as a recovery makes them. After a push."""
        target = fresh(self.live / "recovery")
        tool.prepare_get(target)
        os.sync()
        began = time.monotonic()
        for name in self.names():
            self._get_one(tool, target, name)
        rate = self.segments / (time.monotonic() - began)
        if compare:
            for name in self.names():
                self._get_one(tool, target, name)
                if (target / "pg_wal" / "RECOVERYXLOG").read_bytes() != (self.base / "data/pg_wal" / name).read_bytes():
                    raise Failed(f"{tool.name} delivered a wrong '{name}'")
        return rate

    @staticmethod
    def _get_one(tool, target, name):
        """PostgreSQL removes what an earlier call left, then asks a shell."""
        file = target / "pg_wal" / "RECOVERYXLOG"
        file.unlink(missing_ok=True)
        status = call(tool.get_command().replace("%f", name), target)
        if status != 0 or not file.exists():
            raise Failed(f"{tool.name} did not deliver '{name}': status {status}")

    def push_nothing(self, tool, calls):
        """Seconds of calls that find their segment pushed ahead by an earlier one. No server is needed."""
        self._copy(tool)
        if isinstance(tool, PgBackRest):
            self.cluster.start()
            tool.prepare()
            self.cluster.stop("immediate")
        seconds = []
        for name in self.names():
            done = tool.is_pushed_ahead(name)
            began = time.monotonic()
            status = call(tool.archive_command().replace("%p", f"pg_wal/{name}"), self.cluster.data)
            if status != 0:
                raise Failed(f"{tool.name} did not push '{name}': status {status}")
            if done:
                seconds.append(time.monotonic() - began)
            if len(seconds) == calls:
                break
        return seconds


def call(command, folder):
    """A command as PostgreSQL calls it; its exit status."""
    os.chdir(folder)
    os.environ["PWD"] = str(folder)
    try:
        pid = os.posix_spawn("/bin/sh", ["sh", "-c", command], os.environ)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os.chdir("/")


def seconds_of(command, calls, folder):
    """Seconds of each of so many calls of a program that does next to nothing."""
    seconds = []
    for _ in range(calls):
        began = time.monotonic()
        if call(f"{command} >/dev/null", folder) != 0:
            raise Failed(f"'{command}' failed")
        seconds.append(time.monotonic() - began)
    return seconds
