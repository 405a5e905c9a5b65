"""Straight to an object store, and from there: both tools against one S3 server of ours, over TLS, near and far."""
import re
import time
from pathlib import Path

import report
from contestants import PgBackRest, Tomo
from machine import Failed, fresh, measure, remove, run, say
from s3server import BUCKET, LEAST_RATE, S3Server
from wal import WalBench

FAR = 50  # milliseconds that each request waits, as if the service were far
PART = "16MiB"  # what ours sends at once; pgBackRest's default of 5 MiB would only cost it requests
MEMORY_LIMIT = 256 << 20


class TomoAway(Tomo):
    """tomo-backup with a bucket alone."""

    server = None

    def prepare(self):
        fresh(self.folder)
        self.write_policy("tomo")
        self.run("init")

    def write_policy(self, prefix):
        """With the keys of the bucket, of which the server asks nothing."""
        for name in ("access", "secret"):
            key = self.folder / name
            key.write_text("bench", encoding="ascii")
            key.chmod(0o600)
        self.policy.write_text(self._policy(prefix), encoding="utf-8")

    def _policy(self, prefix):
        return f"""version: 1
clusters:
  main: {{ connection: "{self.cluster.connection()}", data_directory: {self.cluster.data} }}
repositories:
{self._places(prefix)}
encryption:
  identity: {{ file: {self.folder}/recovery.key }}
state_directory: {self.folder}/state
backup: {{ workers: 2 }}
"""

    def _places(self, prefix):
        return f"  away: {self._bucket(prefix)}"

    def _bucket(self, prefix, more=""):
        return (f"{{ store: \"s3://{BUCKET}/{prefix}\", endpoint: \"https://{self.server.host}\", region: us-east-1, "
                f"ca_file: {self.server.authority}, access_key: {{ file: {self.folder}/access }}, "
                f"secret_key: {{ file: {self.folder}/secret }}{more} }}")

    def make_room(self):
        pass


class TomoFollowed(TomoAway):
    """A repository here, and the bucket that follows it."""

    def _places(self, prefix):
        return (f"  local: {{ store: \"file://{self.folder}/repository\" }}\n"
                f"  away: {self._bucket(prefix, ', follows: local')}")


class PgBackRestAway(PgBackRest):
    """pgBackRest with a bucket alone, at its best."""

    server = None

    def prepare(self):
        fresh(self.folder)
        for name in ("spool", "lock", "log"):
            (self.folder / name).mkdir(mode=0o700)
        self.config.write_text(self._text(f"""repo1-type=s3
repo1-path=/pgbackrest-{self.level}
repo1-s3-bucket={BUCKET}
repo1-s3-endpoint={self.server.host.split(':')[0]}
repo1-storage-port={self.server.host.split(':')[1]}
repo1-storage-ca-file={self.server.authority}
repo1-storage-upload-chunk-size={PART}
repo1-s3-region=us-east-1
repo1-s3-uri-style=path
repo1-s3-key=bench
repo1-s3-key-secret=bench
"""), encoding="utf-8")
        self.run("stanza-create")

    def keep_newest(self):
        self.run("expire")


class Offsite:
    """Full backups and restores of the large cluster, then WAL."""

    def __init__(self, options, page, cluster):
        self.options, self.page, self.cluster, self.folder = options, page, cluster, Path(options.dir)
        self.delays = (0, FAR)

    def run(self):
        for delay in self.delays:
            server = S3Server(self.options.server, self.folder / "s3", delay)
            try:
                if delay == 0:
                    self._rate(server)
                self._files(server, delay)
            finally:
                server.close()
        self._wal()

    def _rate(self, server):
        rate = server.download_rate()
        self.page.paragraph(f"The S3 server is ours (Kestrel, TLS 1.3, objects on disk, no faults); it serves "
                            f"{rate / 1e6:.0f} MB a second to curl.")
        if rate < LEAST_RATE:
            self.page.paragraph(f"**That is less than the {LEAST_RATE / 1e9:.0f} GB a second that it should have: it "
                                "holds both tools back.**")

    def _tools(self, server):
        tools = [TomoAway(self.options.tomo, self.cluster, self.folder / "tomo-away")]
        tools += [PgBackRestAway(self.options.pgbackrest, level, self.cluster, self.folder / f"pgbackrest-away-{level}")
                  for level in (1, 3)]
        for tool in tools:
            tool.server = server
        return tools

    def _files(self, server, delay):
        tools = self._tools(server)
        self.cluster.start()
        try:
            for tool in tools:
                self.cluster.set_archiving(tool.archive_command())
                self.cluster.reload()
                tool.prepare()
            for number in range(self.options.rounds + 1):
                for tool in tools:
                    self.cluster.set_archiving(tool.archive_command())
                    self.cluster.reload()
                    self.cluster.wait_archived(60)
                    self._note(number, f"backup {delay}", tool,
                               measure(tool.backup(), self.folder, sample_memory=True))
                    tool.keep_newest()
            for number in range(self.options.rounds + 1):
                for tool in tools:
                    target = fresh(self.folder / "restored")
                    self._note(number, f"restore {delay}", tool, measure(tool.restore(target), self.folder))
                    if number == 0 and isinstance(tool, Tomo):
                        run(self.cluster.bin / "pg_verifybackup", "-q", target)
        finally:
            self.cluster.stop()
            for tool in tools:
                remove(tool.folder)
            remove(self.folder / "restored")

    def _note(self, number, what, tool, cost):
        say(f"{what} ms {number}: {tool.name} {cost.wall:.2f} s, {cost.cpu:.2f} s of processor time")
        if number == 0:
            return
        for name, value in (("wall", cost.wall), ("cpu", cost.cpu), ("rss", max(cost.rss, cost.rss_sum))):
            self.page.add(tool.name, f"{what} {name}", value)

    def _wal(self):
        """Ours: 'follow' takes what was archived here. pgBackRest's: its asynchronous push to the bucket."""
        server = S3Server(self.options.server, self.folder / "s3", 0)
        bench = WalBench(self.options.dir, self.options.bin, self.options.tomo, self.options.pgbackrest,
                         self.options.segments)
        try:
            bench.build(self.options.fresh)
            for number in range(min(self.options.rounds, 3) + 1):
                for level in (None, 1, 3):
                    name, rate = self._follow(bench, server) if level is None else self._push(bench, server, level)
                    say(f"WAL away {number}: {name} {rate:.1f} /s")
                    if number > 0:
                        self.page.add(name, "wal away", rate)
        finally:
            bench.close()
            server.close()

    def _push(self, bench, server, level):
        tool = PgBackRestAway(self.options.pgbackrest, level, bench.cluster, bench.live / "pgbackrest")
        tool.server = server
        return tool.name, bench.push(tool)

    def _follow(self, bench, server):
        """The repository with the waiting segments is made anew, so the policy is the bench's with one more place."""
        tool = bench.tools[0]
        bench.push(tool)
        away = TomoFollowed(self.options.tomo, bench.cluster, tool.folder)
        away.server = server
        away.write_policy(f"follow-{time.monotonic_ns()}")
        away.run("init")
        began = time.monotonic()
        answer = away.run("follow")
        seconds = time.monotonic() - began
        copied = re.search(r"(\d+) WAL files", answer)
        if not copied or int(copied[1]) < bench.segments:
            raise Failed(f"'follow' says: {answer.strip()}")
        return tool.name, int(copied[1]) / seconds

    def report(self):
        ours, *rivals = [tool.name for tool in self._tools(None)]
        for delay in self.delays:
            where = "near" if delay == 0 else f"{delay} ms away"
            self.page.table(f"Straight to an object store, {where}", [ours, *rivals], [
                (f"{what} {name}", f"{what} {delay} {measure_name}", form)
                for what in ("backup", "restore")
                for name, measure_name, form in (("wall", "wall", report.seconds), ("processor", "cpu", report.seconds),
                                                 ("memory", "rss", report.megabytes))])
            for what in ("backup", "restore"):
                self.page.at_most(f"{what}, object store {where}", self.page.median(ours, f"{what} {delay} wall"),
                                  self.page.best(rivals, f"{what} {delay} wall"), 0.5 if delay == 0 else 0.3,
                                  report.seconds)
                self.page.below(f"memory, {what}, object store {where}", self.page.median(ours, f"{what} {delay} rss"),
                                MEMORY_LIMIT, report.megabytes)
        self.page.table(f"{self.options.segments} segments to an object store", [ours, *rivals],
                        [("rate", "wal away", report.rate)])
        self.page.at_least("WAL to an object store", self.page.median(ours, "wal away"),
                           self.page.best(rivals, "wal away", max), 3, report.rate)
