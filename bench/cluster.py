"""A PostgreSQL cluster that is built once, kept, started and stopped."""
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from machine import Failed, bytes_below, remove, run, say

PORT = 5432

SETTINGS = """
listen_addresses = ''
port = 5432
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
full_page_writes = on
fsync = on
wal_level = replica
archive_mode = on
archive_command = ''
max_connections = 40
log_checkpoints = off
autovacuum = off
"""

# A restore sees four kinds of data that applications keep; shares of the size are in 'rows_for'.
TABLES = """
CREATE EXTENSION vector;
CREATE EXTENSION age;
LOAD 'age';
SET search_path = public, ag_catalog;
SET maintenance_work_mem = '512MB';
CREATE TABLE embeddings (id bigint PRIMARY KEY, embedding vector(384) NOT NULL);
INSERT INTO embeddings
SELECT n, ARRAY(SELECT ((hashint8extended(n * 384 + d, 1) & 1048575)::real / 524288 - 1)::real
                  FROM generate_series(1, 384) AS d)::vector(384)
  FROM generate_series(1, {embeddings}) AS n;
CREATE INDEX embeddings_hnsw ON embeddings USING hnsw (embedding vector_l2_ops);
CREATE TABLE documents (id bigint PRIMARY KEY, body jsonb NOT NULL);
INSERT INTO documents
SELECT n, jsonb_build_object(
           'number', n, 'owner', n % 997, 'tags', jsonb_build_array('tag ' || n % 13, 'tag ' || n % 31),
           'address', jsonb_build_object('city', 'city ' || n % 501, 'street', md5(n::text)),
           'text', (SELECT string_agg(md5((n * 7 + i)::text), ' ') FROM generate_series(1, 12) AS i))
  FROM generate_series(1, {documents}) AS n;
CREATE INDEX documents_body ON documents USING gin (body jsonb_path_ops);
SELECT create_graph('people');
SELECT create_vlabel('people', 'Person');
SELECT create_elabel('people', 'KNOWS');
SELECT * FROM cypher('people', $$
    UNWIND range(0, {people} - 1) AS n CREATE (:Person {{number: n, name: 'person ' + toString(n)}})
$$) AS (nothing agtype);
WITH person AS (
    SELECT id, agtype_access_operator(properties, '"number"'::agtype)::bigint AS number FROM people."Person")
INSERT INTO people."KNOWS" (start_id, end_id, properties)
SELECT a.id, b.id, '{{}}'::agtype
  FROM person AS a CROSS JOIN (VALUES (1), (8), (29)) AS knows (ahead)
  JOIN person AS b ON b.number = (a.number + knows.ahead) % {people};
CREATE INDEX knows_start ON people."KNOWS" (start_id);
CREATE INDEX knows_end ON people."KNOWS" (end_id);
"""


class Cluster:
    """One data directory and the server on it."""

    def __init__(self, programs, data, socket):
        self.bin, self.data, self.socket = Path(programs), Path(data), Path(socket)
        self.socket.mkdir(exist_ok=True)

    def program(self, name, *arguments, **options):
        return run(self.bin / name, *arguments, **options)

    def create(self, more=""):
        remove(self.data)
        self.program("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--data-checksums", "--no-sync",
                     "--encoding=UTF8", "--locale=C.UTF-8")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(f"{SETTINGS}unix_socket_directories = '{self.socket}'\n{more}")

    def start(self, options=""):
        """Options of the server win over its configuration."""
        self.program("pg_ctl", "-D", self.data, "-l", f"{self.data}.log", "-o", options, "-w", "-s", "start",
                     stdin=subprocess.DEVNULL)

    def stop(self, how="fast"):
        if (self.data / "postmaster.pid").exists():
            run(self.bin / "pg_ctl", "-D", self.data, "-m", how, "-w", "-s", "stop")

    def sql(self, text):
        return self.program("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-p", PORT,
                            "-U", "postgres", "-d", "postgres", "-f", "-", input=text).strip()

    def set_archiving(self, command):
        """The new command is in force for the next segment once the server is told to reload."""
        quoted = command.replace("'", "''")
        self.sql(f"ALTER SYSTEM SET archive_command = '{quoted}'")

    def reload(self):
        pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        os.kill(pid, signal.SIGHUP)

    def ready(self):
        """Names of segments and history files that wait for the archiver."""
        names = os.listdir(self.data / "pg_wal" / "archive_status")
        return sorted(name.removesuffix(".ready") for name in names if name.endswith(".ready"))

    def wait_archived(self, seconds):
        """Waits until nothing waits; answers when that was seen."""
        deadline = time.monotonic() + seconds
        while self.ready():
            if time.monotonic() > deadline:
                log = Path(f"{self.data}.log").read_text(encoding="utf-8", errors="replace")
                raise Failed(f"after {seconds} s, WAL still waits for the archiver: {log[-1500:]}")
            time.sleep(0.01)
        return time.monotonic()

    def data_bytes(self):
        return bytes_below(self.data, skip=("pg_wal",))

    def pgbench(self, *arguments):
        return self.program("pgbench", "-h", self.socket, "-p", PORT, "-U", "postgres", *arguments, "postgres")

    def connection(self):
        return f"host={self.socket} port={PORT} user=postgres dbname=postgres"

    def version(self):
        return re.sub(r"^postgres \(PostgreSQL\) (\S+).*", r"\1", self.program("postgres", "--version").strip())


def rows_for(megabytes):
    """45 % pgbench, 30 % embeddings and their HNSW index, 15 % JSON, 10 % graph; bytes a row as measured."""
    return {
        "scale": max(1, round(megabytes * 0.45 / 15)),
        "embeddings": round(megabytes * 0.30 * 1e6 / 3750),
        "documents": round(megabytes * 0.15 * 1e6 / 900),
        "people": round(megabytes * 0.10 * 1e6 / 560),
    }


def kept(path, wanted):
    """True where an earlier run completed what is wanted."""
    try:
        return json.loads(path.read_text(encoding="utf-8")) == wanted
    except (OSError, ValueError):
        return False


def build_data(cluster, megabytes, again):
    """The cluster to back up. Kept, with a note beside it that is written last."""
    note = Path(f"{cluster.data}.json")
    wanted = {"layout": 1, "megabytes": megabytes, "postgres": cluster.version()}
    if kept(note, wanted) and not again:
        return
    note.unlink(missing_ok=True)
    rows = rows_for(megabytes)
    say(f"building a cluster of {megabytes} MB: {rows}")
    cluster.create()
    cluster.start()
    try:
        cluster.pgbench("-i", "-q", "-s", rows["scale"])
        cluster.sql(TABLES.format(**rows))
        cluster.pgbench("-c", "4", "-j", "2", "-t", "2500")
        cluster.sql("VACUUM ANALYZE")
        cluster.sql("CHECKPOINT")
    finally:
        cluster.stop()
    for status in (cluster.data / "pg_wal" / "archive_status").glob("*.ready"):
        status.rename(status.with_suffix(".done"))  # WAL of the load, which no backup needs
    os.sync()
    note.write_text(json.dumps(wanted), encoding="utf-8")
