"""The tools, each with the commands that are measured."""
import json
import os
import shutil
from pathlib import Path

from machine import Failed, bytes_below, fresh, remove, run


class Tomo:
    """tomo-backup; it encrypts always."""

    name = "tomo-backup"

    def __init__(self, program, cluster, folder):
        self.program, self.cluster, self.folder = Path(program), cluster, Path(folder)
        self.policy = self.folder / "policy.yaml"
        self.command = f"{self.program} --policy {self.policy}"

    def version(self):
        return run(self.program, "--version").strip().removeprefix("tomo-backup ")

    def prepare(self):
        """A new and empty repository for the running cluster."""
        fresh(self.folder)
        self.policy.write_text(
            f"""version: 1
clusters:
  main: {{ connection: "{self.cluster.connection()}", data_directory: {self.cluster.data} }}
repositories:
  local: {{ store: "file://{self.folder}/repository" }}
encryption:
  identity: {{ file: {self.folder}/recovery.key }}
state_directory: {self.folder}/state
backup: {{ workers: 2 }}
""", encoding="utf-8")
        self.run("init")

    def run(self, *arguments, **options):
        return run(self.program, "--policy", self.policy, *arguments, **options)

    def archive_command(self):
        return f"{self.command} wal push %p"

    def backup(self):
        return [self.program, "--policy", self.policy, "--json", "backup", "--full"]

    def incremental(self):
        return [self.program, "--policy", self.policy, "--json", "backup", "--incremental"]

    def sizes(self, output):
        """Bytes of one incremental backup, from its answer: pages, what describes them, and WAL that it carries."""
        answer = json.loads(output)
        if answer["kind"] != "incremental" or answer.get("changes_by_page"):
            raise Failed(f"the backup is {answer['kind']}, by page because of '{answer.get('changes_by_page')}', full "
                         f"because of {answer.get('full_because')}")
        backup = next((self.folder / "repository" / "backup").glob(f"*/*/{answer['id']}"))
        return {
            "pages": sum(file.stat().st_size for file in backup.glob("pack-*")),
            "list": sum((backup / name).stat().st_size for name in ("files", "cluster", "manifest")),
            "wal": bytes_below(backup / "wal"),
        }

    def phases(self, output):
        """Seconds by phase, from the answer of a backup."""
        seconds = json.loads(output)["seconds"]
        return {name: seconds[name] for name in ("checkpoint", "copy", "sync", "wal", "publish")}

    def stored_bytes(self):
        return bytes_below(self.folder / "repository" / "backup")

    def make_room(self):
        """Before a backup."""
        for generation in (self.folder / "repository" / "backup").glob("*/*"):
            remove(generation)

    def keep_newest(self):
        """After a backup."""

    def restore(self, target):
        return [self.program, "--policy", self.policy, "restore", "--immediate", "--into", target]

    def get_command(self):
        """As a prepared recovery calls it, in its data directory; %f is the segment."""
        return f"{self.program} wal get --recovery pg_wal/tomo-backup %f pg_wal/RECOVERYXLOG"

    def prepare_get(self, target):
        self.run("restore", "--latest", "--into", target)

    def is_pushed_ahead(self, segment):
        return any((self.folder / "state").glob(f"**/pushed/{segment}"))


class PgBackRest:
    """pgBackRest at its best: two processes, zst, bundles, blocks, asynchronous archiving, encrypted."""

    def __init__(self, program, level, cluster, folder):
        self.program, self.level, self.cluster, self.folder = Path(program), level, cluster, Path(folder)
        self.name = f"pgBackRest zst {level}"
        self.config = self.folder / "pgbackrest.conf"
        self.command = f"{self.program} --config={self.config} --stanza=main"

    def version(self):
        return run(self.program, "version").strip().removeprefix("pgBackRest ")

    def prepare(self):
        fresh(self.folder)
        for name in ("repository", "spool", "lock", "log"):
            (self.folder / name).mkdir(mode=0o700)
        self.config.write_text(self._text(f"repo1-path={self.folder}/repository\n"), encoding="utf-8")
        self.run("stanza-create")

    def _text(self, place):
        return f"""[global]
{place}repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=a-passphrase-for-measuring-only
repo1-bundle=y
repo1-block=y
repo1-retention-full=1
expire-auto=n
compress-type=zst
compress-level={self.level}
process-max=2
start-fast=y
archive-async=y
archive-get-queue-max=1GiB
spool-path={self.folder}/spool
lock-path={self.folder}/lock
log-path={self.folder}/log
log-level-console=warn
log-level-file=off
[main]
pg1-path={self.cluster.data}
pg1-socket-path={self.cluster.socket}
pg1-user=postgres
"""

    def run(self, *arguments):
        return run(self.program, f"--config={self.config}", "--stanza=main", *arguments)

    def archive_command(self):
        return f"{self.command} archive-push %p"

    def backup(self):
        return [*self.command.split(), "--type=full", "backup"]

    def incremental(self):
        return [*self.command.split(), "--type=incr", "backup"]

    def sizes(self, _):
        """Bytes of its newest backup: bundles, and the manifest with its copy. WAL is in its archive alone."""
        backup = self.folder / "repository" / "backup" / "main" / "latest"
        pages = bytes_below(backup / "pg_data")
        return {"pages": pages, "list": bytes_below(f"{backup}/") - pages}

    def phases(self, _):
        return {}

    def stored_bytes(self):
        backups = self.folder / "repository" / "backup" / "main"
        return sum(bytes_below(entry) for entry in backups.iterdir()
                   if entry.is_dir() and not entry.is_symlink() and entry.name != "backup.history")

    def make_room(self):
        pass

    def keep_newest(self):
        self.run("expire")

    def restore(self, target):
        return [*self.command.split(), f"--pg1-path={target}", "--type=immediate", "restore"]

    def get_command(self):
        return f"{self.command} --pg1-path=$PWD archive-get %f pg_wal/RECOVERYXLOG"

    def prepare_get(self, target):
        """It reads the identity of the cluster from the control file."""
        for name in ("global", "pg_wal"):
            (Path(target) / name).mkdir(mode=0o700)
        for name in ("global/pg_control", "PG_VERSION"):
            (Path(target) / name).write_bytes((self.cluster.data / name).read_bytes())

    def is_pushed_ahead(self, segment):
        return (self.folder / "spool" / "archive" / "main" / "out" / f"{segment}.ok").exists()


class BaseBackup:
    """PostgreSQL's own; it neither encrypts nor has workers that compress."""

    def __init__(self, cluster, folder, level=6):
        self.cluster, self.folder, self.level = cluster, Path(folder), level
        self.name = f"pg_basebackup zstd:{level}"

    def version(self):
        return self.cluster.version()

    def prepare(self):
        fresh(self.folder)

    def archive_command(self):
        return "true"  # it brings its WAL along

    def backup(self):
        return [self.cluster.bin / "pg_basebackup", "-d", self.cluster.connection(), "-D", self.folder / "backup",
                "--format=tar", f"--compress=zstd:{self.level}", "--checkpoint=fast", "--wal-method=stream"]

    def incremental(self):
        """Of the backup that it builds on, only the manifest is needed, and kept."""
        parent = self.folder / "parent"
        shutil.copy(self.folder / "backup" / "backup_manifest", parent)
        self.make_room()
        return [*self.backup(), f"--incremental={parent}"]

    def sizes(self, _):
        """Bytes of its newest backup: the archive of files, the manifest, and the WAL that it brings along."""
        files = {file.name: file.stat().st_size for file in (self.folder / "backup").iterdir()}
        manifest = files.pop("backup_manifest")
        wal = sum(files.pop(name) for name in list(files) if name.startswith("pg_wal"))
        return {"pages": sum(files.values()), "list": manifest, "wal": wal}

    def phases(self, _):
        return {}

    def stored_bytes(self):
        return bytes_below(self.folder / "backup")

    def make_room(self):
        remove(self.folder / "backup")

    def keep_newest(self):
        pass


class SyncedCopy:
    """Not a backup tool: what the disk takes for the same bytes, in one file."""

    name = "dd conv=fsync"

    def __init__(self, cluster, folder):
        self.cluster, self.folder = cluster, Path(folder)

    def prepare(self):
        """All files one after the other, in one that stays in the page cache like the tools' repositories."""
        fresh(self.folder)
        names = []
        for folder, folders, files in os.walk(self.cluster.data):
            folders[:] = [name for name in folders if name != "pg_wal"]
            names += [os.path.join(folder, file) for file in files if file != "postmaster.pid"]
        if not names:
            raise Failed(f"'{self.cluster.data}' is empty")
        with open(self.folder / "bytes", "wb") as target:
            for name in names:
                with open(name, "rb") as source:
                    shutil.copyfileobj(source, target, 1 << 20)

    def restore(self, target):
        return ["dd", f"if={self.folder}/bytes", f"of={target}/copy", "bs=1M", "conv=fsync", "status=none"]
