"""Incremental backups of one changing cluster by all tools in turns; what they cost on one ten times larger; and the
restore of a long chain."""
import json
import shutil
from statistics import median

import report
from changes import FEW_ROWS, MANY_ROWS, RANGES_CHANGED, SMALL_RANGES
from changing import ChangingCluster
from contestants import BaseBackup, PgBackRest, Tomo
from machine import fresh, measure, say
from tenfold import enlarge

SIZES = ("pages", "list", "wal")
CHAIN = 24
TIMES = 10
TENFOLD_FREE_BYTES = 45 * 10**9


def note(page, tool, name, cost):
    for measure_name, value in (("wall", cost.wall), ("cpu", cost.cpu), ("rss", cost.rss)):
        page.add(tool, f"{name} {measure_name}", value)


class Phases:
    """Where our time goes, by what was changed."""

    def __init__(self):
        self._seconds = {}

    def add(self, name, seconds):
        for phase, value in seconds.items():
            self._seconds.setdefault(name, {}).setdefault(phase, []).append(value)

    def text(self, name):
        return ", ".join(f"{phase} {value:.2f} s" for phase, value in self._middle(name).items())

    def longest(self, name):
        middle = self._middle(name)
        phase = max(middle, key=middle.get)
        return f"most of it is '{phase}', {middle[phase]:.2f} s"

    def _middle(self, name):
        return {phase: median(values) for phase, values in self._seconds[name].items()}


class Incremental:
    """Each round changes the cluster, then each tool takes its incremental of the same state, on its own last one."""

    CHANGES = (RANGES_CHANGED, FEW_ROWS, MANY_ROWS)
    TARGETS = (RANGES_CHANGED, FEW_ROWS)

    def __init__(self, options, page, base):
        self.options, self.page, self.base, self.phases = options, page, base, Phases()
        self.site = ChangingCluster(options, "incremental")
        cluster, folder = self.site.cluster, self.site.folder
        self.tomo = Tomo(options.tomo, cluster, folder / "tomo")
        self.rivals = [PgBackRest(options.pgbackrest, level, cluster, folder / f"pgbackrest-{level}")
                       for level in (1, 3)]
        self.own = BaseBackup(cluster, folder / "basebackup", level=1)

    def run(self):
        try:
            self.site.copy(self.base)
            self.site.start()
            tools = [self.tomo, *self.rivals, self.own]
            for tool in tools:
                self.site.begin_chain(tool)
            for change in self.CHANGES:
                for number in range(self.options.rounds + 1):
                    pages = self.site.change(change)
                    say(f"{change.name} {number}: {pages} pages changed, {pages / self.site.data_pages:.2%}")
                    self.page.add(change.name, "changed", pages)
                    for tool in tools:
                        self._back_up(tool, change.name, number)
            target = fresh(self.site.folder / "restored")
            measure(self.tomo.restore(target), self.site.folder)
            self.site.check(target)
        finally:
            self.site.close()

    def _back_up(self, tool, name, number):
        """Round 0 warms up, as for full backups."""
        self.site.archive(tool.archive_command())
        cost = measure(tool.incremental(), self.site.folder, sample_memory=number == 0)
        sizes = tool.sizes(cost.output)
        say(f"{name} {number}: {tool.name} {cost.wall:.2f} s, {cost.cpu:.2f} s of processor time, stored "
            + ", ".join(f"{what} {value / 1e6:.2f} MB" for what, value in sizes.items()))
        if number == 0:
            self.page.add(tool.name, f"{name} rss all", cost.rss_sum)
            return
        note(self.page, tool.name, name, cost)
        for what, value in sizes.items():
            self.page.add(tool.name, f"{name} {what}", value)
        self.page.add(tool.name, f"{name} stored", sizes["pages"] + sizes["list"])
        self.page.add(tool.name, f"{name} with WAL", sum(sizes.values()))
        if phases := tool.phases(cost.output):
            self.phases.add(name, phases)

    def report(self):
        self.page.paragraph(
            "Incremental backups: the same cluster with `summarize_wal = on`. Each round makes a change, whose WAL no "
            "tool gets, and a checkpoint; then each tool, its own archiving in force, takes an incremental backup on "
            f"its last one. Medians of {self.options.rounds}. pg_basebackup: tar, `--compress=zstd:1`, which costs it "
            "least. *Pages* are a backup's packs, bundles or archives of files, *list* is what describes them, and "
            "both together are what is *stored*. WAL is not in it: pgBackRest has it in its archive only, "
            "pg_basebackup in a file of its own, and ours in the archive and once more in the backup, which the last "
            "column adds. 'In ranges' is of pgbench rows and the graph, by place; 'at random' is of all tables.")
        for change in self.CHANGES:
            self._report(change)

    def _report(self, change):
        page, ours, rivals = self.page, self.tomo.name, [tool.name for tool in self.rivals]
        name = change.name
        page.table(f"Incremental backup, {change.title}", [ours, *rivals, self.own.name], [
            ("wall", f"{name} wall", report.seconds), ("processor", f"{name} cpu", report.seconds),
            ("largest process", f"{name} rss", report.megabytes),
            ("all processes", f"{name} rss all", report.megabytes), ("pages", f"{name} pages", report.megabytes),
            ("list", f"{name} list", report.megabytes), ("stored", f"{name} stored", report.megabytes),
            ("with its WAL", f"{name} with WAL", report.megabytes)])
        stored, carried = page.median(ours, f"{name} stored"), page.median(ours, f"{name} with WAL")
        best = page.best(rivals, f"{name} stored")
        page.paragraph(
            f"By the summaries, {page.median(name, 'changed'):.0f} pages changed, "
            f"{page.median(name, 'changed') / self.site.data_pages:.2%} of all. Ours by phase: "
            f"{self.phases.text(name)}. Ours to {best[1]}, stored: {stored / best[0]:.2f}, and {carried / best[0]:.2f} "
            "with the WAL that ours carries.")
        if change not in self.TARGETS:
            return
        remark = self.phases.longest(name)
        for what, against, limit in (("pgBackRest", rivals, 0.3), ("pg_basebackup", [self.own.name], 0.5)):
            page.at_most(f"incremental, {change.title}, wall, to {what}", page.median(ours, f"{name} wall"),
                         page.best(against, f"{name} wall"), limit, report.seconds, remark)
        parts = ", ".join(f"{what} {report.megabytes(page.median(ours, f'{name} {what}'))}" for what in SIZES[:2])
        page.at_most(f"incremental, {change.title}, stored", stored, best, 0.5, report.megabytes, parts)


class Tenfold:
    """The same changes to a cluster and to one ten times larger: cost follows the change, not the size."""

    CHANGES = (RANGES_CHANGED, FEW_ROWS)

    def __init__(self, options, page, base):
        self.options, self.page, self.base, self.phases = options, page, base, Phases()
        self.sites = [ChangingCluster(options, name) for name in ("one", "ten")]
        self.tools = [Tomo(options.tomo, site.cluster, site.folder / "tomo") for site in self.sites]
        self._left_out = ""

    def run(self):
        free = shutil.disk_usage(self.options.dir).free
        if free < TENFOLD_FREE_BYTES:
            self._left_out = (f"The cluster ten times larger is left out: '{self.options.dir}' has {free / 1e9:.1f} "
                              f"GB free, and {TENFOLD_FREE_BYTES / 1e9:.0f} GB are needed.")
            say(self._left_out)
            return
        try:
            self._prepare()
            for change in self.CHANGES:
                for number in range(self.options.rounds + 1):
                    for site, tool in zip(self.sites, self.tools):
                        self._back_up(site, tool, change, number)
        finally:
            for site in self.sites:
                site.close()

    def _prepare(self):
        small, large = self.sites
        for site in self.sites:
            site.copy(self.base)
        enlarge(large.cluster, TIMES)
        small.start()
        large.start(small.data_pages)
        for site, tool in zip(self.sites, self.tools):
            site.begin_chain(tool)
        self._bytes = [site.cluster.data_bytes() for site in self.sites]

    def _back_up(self, site, tool, change, number):
        pages = site.change(change)
        site.archive(tool.archive_command())
        cost = measure(tool.incremental(), site.folder)
        sizes = tool.sizes(cost.output)
        size = self._name(site)
        say(f"{change.name} {number}: {size}, {pages} pages changed, {cost.wall:.2f} s, {cost.cpu:.2f} s of processor "
            f"time, stored " + ", ".join(f"{what} {value / 1e6:.2f} MB" for what, value in sizes.items()))
        if number > 0:
            note(self.page, size, change.name, cost)
            self.page.add(size, f"{change.name} stored", sizes["pages"] + sizes["list"])
            self.page.add(size, f"{change.name} changed", pages)
            self.phases.add((size, change.name), tool.phases(cost.output))

    def _name(self, site):
        return "one" if site is self.sites[0] else "ten times larger"

    def report(self):
        page = self.page
        if self._left_out:
            page.paragraph(f"**{self._left_out}**")
            return
        small, large = map(self._name, self.sites)
        for change in self.CHANGES:
            name = change.name
            page.table(f"Ours on {self._bytes[0] / 1e6:.0f} and {self._bytes[1] / 1e6:.0f} MB, the same change: "
                       f"{change.title} of the smaller", [small, large], [
                ("wall", f"{name} wall", report.seconds), ("processor", f"{name} cpu", report.seconds),
                ("largest process", f"{name} rss", report.megabytes), ("stored", f"{name} stored", report.megabytes),
                ("pages changed", f"{name} changed", report.count)])
            page.paragraph(f"By phase: {small}: {self.phases.text((small, name))}; {large}: "
                           f"{self.phases.text((large, name))}.")
            page.at_most(f"incremental on ten times the size, {change.title}, wall", page.median(large, f"{name} wall"),
                         (page.median(small, f"{name} wall"), "on the smaller"), 1.5, report.seconds,
                         self.phases.longest((large, name)))


class Chain:
    """The restore of the last of many incremental backups, and of a full backup of the same state."""

    CHANGES = (FEW_ROWS, SMALL_RANGES)
    NAMES = (f"chain of {CHAIN}", "full")

    def __init__(self, options, page, base):
        self.options, self.page, self.base = options, page, base
        self.site = ChangingCluster(options, "chain")
        self.tools = [Tomo(options.tomo, self.site.cluster, self.site.folder / f"tomo-{name}")
                      for name in ("chain", "full")]

    def run(self):
        try:
            self.site.copy(self.base)
            self.site.start()
            chain, full = self.tools
            self.site.begin_chain(chain)
            for number in range(CHAIN):
                pages = self.site.change(self.CHANGES[number % len(self.CHANGES)])
                self.site.archive(chain.archive_command())
                backup = chain.run("--json", "backup", "--incremental")
                chain.sizes(backup)
                say(f"chain {number}: {pages} pages changed, {json.loads(backup)['seconds']['total']:.2f} s")
            self.site.begin_chain(full)
            for number in range(self.options.rounds + 1):
                for name, tool in zip(self.NAMES, self.tools):
                    self._restore(name, tool, number)
        finally:
            self.site.close()

    def _restore(self, name, tool, number):
        target = fresh(self.site.folder / "restored")
        cost = measure(tool.restore(target), self.site.folder)
        say(f"restore {number}: {name} {cost.wall:.2f} s, {cost.cpu:.2f} s of processor time")
        if number > 0:
            note(self.page, name, "restore", cost)
        elif name == self.NAMES[0]:
            self.site.check(target)

    def report(self):
        page = self.page
        chain, full = self.NAMES
        page.table("Ours, restore into an empty directory, synced", [chain, full], [
            ("wall", "restore wall", report.seconds), ("processor", "restore cpu", report.seconds),
            ("largest process", "restore rss", report.megabytes)])
        page.paragraph(f"The chain's changes: {' and '.join(change.title for change in self.CHANGES)}, in turns. The "
                       "full backup is of the same state. What the chain gave was started, recovered and compared "
                       "with its source.")
        page.at_most(f"restore of a chain of {CHAIN}, wall", page.median(chain, "restore wall"),
                     (page.median(full, "restore wall"), "of a full"), 1.3, report.seconds)
