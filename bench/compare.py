"""Measures the tools in turns and prints the page. Called by bench/run, which prepares everything."""
import argparse
import shutil
import signal
import sys
import time
from pathlib import Path
from statistics import median

import report
from cluster import Cluster, build_data
from contestants import BaseBackup, PgBackRest, SyncedCopy, Tomo
from incremental import Chain, Incremental, Tenfold
from machine import (Failed, bytes_below, describe, fresh, measure, pin_to_two_processors, read_once, remove, run, say)
from offsite import Offsite
from wal import WalBench, seconds_of

PARTS = ("backup", "restore", "push", "get", "startup", "incremental", "tenfold", "chain", "offsite")
FREE_BYTES = 20 * 10**9
ENOUGH_BYTES = 1.5e9
WAL_ROUNDS = 5
CALLS = 50
PHASES = ("checkpoint", "copy", "sync", "wal", "publish")
MEMORY_LIMIT = 128 << 20


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("dir", "bin", "tomo", "pgbackrest", "server", "revision"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=1700)
    parser.add_argument("--segments", type=int, default=200)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--strict", action="store_true")
    given = parser.parse_args()
    given.parts = given.only.split(",")
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"--only knows {', '.join(PARTS)}, not {', '.join(unknown)}")
    if min(given.rounds, given.segments) < 1 or given.megabytes < 20:
        parser.error("--rounds and --segments begin at 1, --megabytes at 20")
    return given


class Files:
    """Backup and restore of the large cluster."""

    def __init__(self, options, page, cluster):
        self.options, self.page, self.cluster, self.folder = options, page, cluster, Path(options.dir)
        self.tomo = Tomo(options.tomo, self.cluster, self.folder / "tomo")
        self.rivals = [PgBackRest(options.pgbackrest, level, self.cluster, self.folder / f"pgbackrest-{level}")
                       for level in (1, 3)]
        self.base = BaseBackup(self.cluster, self.folder / "basebackup")
        self.copy = SyncedCopy(self.cluster, self.folder / "copy")
        self.phases = {phase: [] for phase in PHASES}

    def run(self):
        for tool in self._backing_up():
            remove(tool.folder)
        read_once(self.cluster.data)
        self.cluster.start()
        try:
            for tool in self._backing_up():
                self.cluster.set_archiving(tool.archive_command())
                self.cluster.reload()
                tool.prepare()
            rounds = self.options.rounds if "backup" in self.options.parts else 0
            for number in range(rounds + 1):
                for tool in self._backing_up():
                    self._back_up(tool, number)
            if "restore" in self.options.parts:
                self.copy.prepare()
                for number in range(self.options.rounds + 1):
                    for tool in (self.tomo, *self.rivals, self.copy):
                        self._restore(tool, number)
        finally:
            self.close()

    def close(self):
        self.cluster.stop()
        for tool in (*self._backing_up(), self.copy):
            remove(tool.folder)
        remove(self.folder / "restored")

    def _backing_up(self):
        wanted = "backup" in self.options.parts
        return [self.tomo, *self.rivals, *([self.base] if wanted else [])]

    def _back_up(self, tool, number):
        """Round 0 warms up: its figures do not count, but for the memory of all processes together."""
        self.cluster.set_archiving(tool.archive_command())
        self.cluster.reload()
        self.cluster.wait_archived(60)
        tool.make_room()
        cost = measure(tool.backup(), self.folder, sample_memory=number == 0)
        tool.keep_newest()
        say(f"backup {number}: {tool.name} {cost.wall:.2f} s, {cost.cpu:.2f} s of processor time, "
            f"{tool.stored_bytes() / 1e6:.1f} MB stored")
        if number == 0:
            self.page.add(tool.name, "rss all", cost.rss_sum)
            return
        self._note("backup", tool, cost)
        self.page.add(tool.name, "stored", tool.stored_bytes())
        for phase, value in tool.phases(cost.output).items():
            self.phases[phase].append(value)

    def _restore(self, tool, number):
        target = fresh(self.folder / "restored")
        cost = measure(tool.restore(target), self.folder)
        say(f"restore {number}: {tool.name} {cost.wall:.2f} s, {cost.cpu:.2f} s of processor time")
        if number == 0:
            self._check(tool, target)
        else:
            self._note("restore", tool, cost)

    def _check(self, tool, target):
        """What came back is whole: ours by PostgreSQL's own tool, the others by their size."""
        if tool is self.tomo:
            run(self.cluster.bin / "pg_verifybackup", "-q", target)
        elif bytes_below(target) < 0.95 * self.cluster.data_bytes():
            raise Failed(f"{tool.name} restored {bytes_below(target)} bytes of {self.cluster.data_bytes()}")

    def _note(self, what, tool, cost):
        for measure_name, value in (("wall", cost.wall), ("cpu", cost.cpu), ("rss", cost.rss)):
            self.page.add(tool.name, f"{what} {measure_name}", value)

    def report(self):
        if "backup" in self.options.parts:
            self._report_backup()
        if "restore" in self.options.parts:
            self._report_restore()

    def _report_backup(self):
        page, ours, rivals = self.page, self.tomo.name, [tool.name for tool in self.rivals]
        page.table("Full backup", [ours, *rivals, self.base.name], [
            ("wall", "backup wall", report.seconds), ("processor", "backup cpu", report.seconds),
            ("largest process", "backup rss", report.megabytes), ("all processes", "rss all", report.megabytes),
            ("stored", "stored", report.megabytes)])
        middle = {phase: median(values) for phase, values in self.phases.items()}
        page.paragraph("Ours by phase: " + ", ".join(f"{name} {value:.2f} s" for name, value in middle.items())
                       + ". The processor time of the server, which compresses nothing for any of them, is not "
                       "counted; neither is that of the archiver.")
        longest = max(middle, key=middle.get)
        remark = f"most of it is '{longest}', {middle[longest]:.2f} s"
        page.at_most("full backup, wall, to pgBackRest", page.median(ours, "backup wall"),
                     page.best(rivals, "backup wall"), 0.5, report.seconds, remark)
        page.at_most("full backup, wall, to pg_basebackup", page.median(ours, "backup wall"),
                     page.best([self.base.name], "backup wall"), 0.2, report.seconds, remark)
        page.at_most("full backup, processor, to pgBackRest", page.median(ours, "backup cpu"),
                     page.best(rivals, "backup cpu"), 0.6, report.seconds, remark)
        page.at_most("backup objects", page.median(ours, "stored"), page.best(rivals, "stored"), 1.03, report.megabytes)
        page.below("memory, backup", page.median(ours, "backup rss"), MEMORY_LIMIT, report.megabytes)

    def _report_restore(self):
        page, ours, rivals = self.page, self.tomo.name, [tool.name for tool in self.rivals]
        page.table("Restore into an empty directory, synced", [ours, *rivals, self.copy.name], [
            ("wall", "restore wall", report.seconds), ("processor", "restore cpu", report.seconds),
            ("largest process", "restore rss", report.megabytes)])
        value = page.median(ours, "restore wall")
        theirs, disk = page.best(rivals, "restore wall"), page.best([self.copy.name], "restore wall")
        if 0.5 * theirs[0] >= 1.3 * disk[0]:
            page.at_most("restore, wall", value, theirs, 0.5, report.seconds)
        else:
            page.at_most("restore, wall", value, disk, 1.3, report.seconds)
        page.below("memory, restore", page.median(ours, "restore rss"), MEMORY_LIMIT, report.megabytes)


class Wal:
    """Push, get and start-up."""

    def __init__(self, options, page):
        self.options, self.page = options, page
        self.bench = WalBench(options.dir, options.bin, options.tomo, options.pgbackrest, options.segments)

    def run(self):
        try:
            self.bench.build(self.options.fresh)
            read_once(self.bench.base / "data" / "pg_wal")
            if "push" in self.options.parts or "get" in self.options.parts:
                for number in range(min(self.options.rounds, WAL_ROUNDS) + 1):
                    for tool in self.bench.tools:
                        self._round(tool, number)
            if "startup" in self.options.parts:
                self._start_up()
        finally:
            self.bench.close()

    def _round(self, tool, number):
        figures = {"push": self.bench.push(tool)}
        if "get" in self.options.parts:
            figures["get"] = self.bench.get(tool, compare=number == 0)
        say(f"WAL {number}: {tool.name} " + ", ".join(f"{name} {value:.1f} /s" for name, value in figures.items()))
        if number > 0:
            for name, value in figures.items():
                self.page.add(tool.name, name, value)

    def _start_up(self):
        for tool in self.bench.tools:
            version = f"{tool.program} {'--version' if isinstance(tool, Tomo) else 'version'}"
            for name, values in (("version", seconds_of(version, CALLS, self.bench.live)),
                                 ("push nothing", self.bench.push_nothing(tool, CALLS))):
                if values:
                    self.page.add(tool.name, name, median(values))
            say(f"start-up: {tool.name}")

    def report(self):
        page, names = self.page, [tool.name for tool in self.bench.tools]
        columns = [("push", "push", report.rate), ("get", "get", report.rate), ("`--version`", "version",
                   report.milliseconds), ("push of a segment pushed ahead", "push nothing", report.milliseconds)]
        page.table(f"WAL, {self.options.segments} segments", names,
                   [column for column in columns if any(page.has(name, column[1]) for name in names)])
        page.paragraph(f"Push: by PostgreSQL's archiver, from the reload until none is `.ready`. Get: calls of "
                       f"`restore_command` one after the other. Medians of {min(self.options.rounds, WAL_ROUNDS)}; of "
                       f"the calls that do nothing, of {CALLS}.")
        for name, what in (("push", "WAL push"), ("get", "WAL get")):
            if name in self.options.parts:
                page.at_least(what, page.median(names[0], name), page.best(names[1:], name, max), 1.5, report.rate)


# What works on the large cluster, and the parts that call for it.
LARGE = {Files: {"backup", "restore"}, Incremental: {"incremental"}, Tenfold: {"tenfold"}, Chain: {"chain"},
         Offsite: {"offsite"}}


def check_space(folder):
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise Failed(f"'{folder}' has {free / 1e9:.1f} GB free, and {FREE_BYTES / 1e9:.0f} GB are needed; "
                     "name another place with --dir")


def describe_data(cluster, options, page):
    size = cluster.data_bytes()
    page.paragraph(f"Data files: {size / 1e6:.0f} MB without WAL (pgbench rows, embeddings with HNSW, JSON, an AGE "
                   f"graph). Medians of {options.rounds}, in brackets the smallest and the largest.")
    if size < ENOUGH_BYTES:
        page.paragraph("**This is less than the 1.5 GB that targets are given for: a trial.**")


def main():
    # A signal ends the run through every 'finally', which stops the servers.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    options = arguments()
    check_space(options.dir)
    processors = pin_to_two_processors()
    page = report.Page("# Side by side")
    cluster = Cluster(options.bin, Path(options.dir) / "data", Path(options.dir) / "socket")
    parts = [part(options, page, cluster) for part, names in LARGE.items() if names & set(options.parts)]
    rival = PgBackRest(options.pgbackrest, 1, cluster, options.dir)
    page.paragraph(f"tomo-backup {Tomo(options.tomo, cluster, options.dir).version()} ({options.revision}), pgBackRest "
                   f"{rival.version()}, PostgreSQL {cluster.version()}. {describe(processors)}. "
                   f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC.")
    page.paragraph("Two workers each. pgBackRest: `process-max=2`, zst at level 1 and 3, bundles, blocks, asynchronous "
                   "archiving, encrypted; the better level counts, for each figure by itself. Ours: encrypted, as "
                   "always. pg_basebackup: tar, `--compress=zstd:6`, not encrypted.")
    if parts:
        build_data(cluster, options.megabytes, options.fresh)
        describe_data(cluster, options, page)
    if {"push", "get", "startup"} & set(options.parts):
        parts.append(Wal(options, page))
    for part in parts:
        part.run()
        part.report()
    print(page.render())
    if page.missed:
        say(f"missed: {', '.join(page.missed)}")
    return 1 if options.strict and page.missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        say(f"failed: {failure}")
        sys.exit(3)
