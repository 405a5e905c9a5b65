#!/usr/bin/python3
"""Reads a tomo-backup repository without tomo-backup: lists, verifies and restores what README.md beside it describes.

For the day when our program is not at hand, and for auditors. Needs Debian 12's python3-cryptography, python3-zstandard
and age; a repository is a directory. The paragraphs (§) are those of README.md.

    reader.py list REPOSITORY --identity FILE            (or --signing-key FINGERPRINT: a list needs no secret)
    reader.py verify REPOSITORY --identity FILE [--backup ID]
    reader.py restore REPOSITORY --identity FILE [--cluster NAME] [--backup ID] --into DIR [--map-tablespace OLD=NEW]...

Trust comes from the fingerprints in the identity file's comments or from --signing-key, never from the repository.
What cannot be trusted or read is reported on stderr and left out. Exit codes: 0 good, 1 something was refused, 2 usage.
XXH128 is checked where libxxhash.so.0 is installed (apt depends on it): AES-GCM authenticates the same bytes anyway.
"""
import argparse, base64, contextlib, ctypes, functools, hashlib, hmac, itertools, json, os, re, struct, subprocess, sys
from types import SimpleNamespace
import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DATA, WAL, FILES, HISTORY, CLUSTER = 1, 2, 3, 4, 5
HEX16, WAL_NAME = "[0-9a-f]{32}", r"[0-9A-F]{24}(?:\.partial|\.[0-9A-F]{8}\.backup)?"
ONES = {"type", "path", "size", "mode", "modified", "crc32c", "runs"}
MAPPED = {"type", "path", "size", "mode", "modified", "map"}
ADDRESS = 262144  # what a frame counts in a map (§8)
MEMBERS = {"directory": {"type", "path", "mode"}, "file": ONES, "config": ONES, "damage": {"type", "path", "blocks"},
           "end": {"type", "directories", "files", "bytes"}}
RECOVERY = b"""
restore_command = 'false'
recovery_target = 'immediate'
recovery_target_action = 'promote'
archive_mode = off
"""
CONTROL, SIGNALS = "global/pg_control", ("recovery.signal", "standby.signal")


class Refusal(Exception):
    """What was read is not what §1 to §8 promise."""


FAULTS = (Refusal, OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError, struct.error,
          zstandard.ZstdError)
reports = []


def report(fault):
    reports.append(fault)
    print(f"reader: {fault}", file=sys.stderr, flush=True)


def describe(fault):
    known = isinstance(fault, (Refusal, OSError))
    return str(fault) if known else f"it has another shape than the page says: {type(fault).__name__}: {fault}"


@contextlib.contextmanager
def noted(what):
    """What is refused in here is reported, and the next one is looked at."""
    try:
        yield
    except FAULTS as fault:
        report(f"{what}: {describe(fault)}")


def require(condition, message):
    if not condition:
        raise Refusal(message)


# §1: conventions

def parse(data):
    """JSON in which no member stands twice: two readers must not see two documents."""
    def unique(pairs):
        require(len(dict(pairs)) == len(pairs), "a JSON object names a member twice")
        return dict(pairs)
    return json.loads(data, object_pairs_hook=unique)


def unbase64(text):
    return base64.b64decode(text, validate=True)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def hkdf(key, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)


def commitment(data_key):
    return hkdf(data_key, b"", b"tomo-backup/v1/epoch", 32).hex()


class ContentId:
    """Format, section 1: a tag of each piece of the bytes, then an HMAC of the name and all tags."""

    PIECE = 262144

    def __init__(self, id_key, name):
        self.mac = hmac.new(id_key, name.encode("ascii") + b"\0", hashlib.sha256)
        self.key = algorithms.AES(hkdf(id_key, b"", b"tomo-backup/v1/content", 32))
        self.pieces, self.rest = 0, b""

    def update(self, chunk):
        self.rest += chunk
        while len(self.rest) > self.PIECE:
            self.take(self.rest[:self.PIECE])
            self.rest = self.rest[self.PIECE:]

    def take(self, piece):
        tagger = Cipher(self.key, modes.GCM(bytes(8) + self.pieces.to_bytes(4, "little"))).encryptor()
        tagger.authenticate_additional_data(piece)
        tagger.finalize()
        self.mac.update(tagger.tag)
        self.pieces += 1

    def hexdigest(self):
        self.take(self.rest)
        return self.mac.hexdigest()[:32]


def age_open(identity, path):
    age = subprocess.run(["age", "-d", "-i", identity, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    require(age.returncode == 0, age.stderr.decode(errors="replace").strip().split("\n")[0])
    require(len(age.stdout) == 32, "it holds no key of 32 bytes")
    return age.stdout


# CRC-32C. Byte by byte Python manages 10 MB/s; folding a buffer's first half onto its second as one large integer
# (first * x^n is congruent to first * (x^n mod P)) leaves only a few hundred bytes for the table: 150 MB/s.

def crc_row(value):
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value


TABLE = [crc_row(value) for value in range(256)]


@functools.lru_cache(None)
def fold(half):
    """The n a little above half whose x^n mod P has the fewest terms, and the exponents of these."""
    def power(exponent):
        result = 1
        for bit in f"{exponent:b}":
            result = sum(1 << 2 * i for i in range(32) if result >> i & 1) << int(bit)
            for i in range(result.bit_length() - 1, 31, -1):
                if result >> i & 1:
                    result ^= 0x11EDC6F41 << i - 32
        return result
    keep, rest = min(((n, power(n)) for n in range(half + 288, half + 544, 8)), key=lambda pair: pair[1].bit_count())
    return keep, [i for i in range(32) if rest >> i & 1]


def crc32c(data, crc=0):
    state, bits = crc ^ 0xFFFFFFFF, 8 * len(data)
    if bits > 4096:
        value, state = int.from_bytes(data, "little") ^ state, 0
        while bits > 4096:  # bit-reflected: the lowest bits are the first ones
            keep, exponents = fold(1 << ((bits - 543) // 2 - 1).bit_length())
            head, value = value & (1 << bits - keep) - 1, value >> bits - keep
            for exponent in exponents:
                value ^= head << 2 * keep - bits - exponent
            bits = keep
        data = value.to_bytes(bits // 8, "little")
    for byte in data:
        state = TABLE[(state ^ byte) & 255] ^ state >> 8
    return state ^ 0xFFFFFFFF


def load_xxh128():
    try:
        function = ctypes.CDLL("libxxhash.so.0").XXH3_128bits
    except (OSError, AttributeError):
        return None

    class Hash(ctypes.Structure):
        _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]
    function.restype, function.argtypes = Hash, [ctypes.c_char_p, ctypes.c_size_t]
    return lambda data: (lambda value: struct.pack(">QQ", value.high, value.low))(function(data, len(data)))


xxh128 = load_xxh128()


# §3: signed documents

def open_envelope(data, kind, signer):
    """The payload of a DSSE envelope; signer is the public key (DER) that must have signed it."""
    envelope, fingerprint = parse(data), hashlib.sha256(signer).hexdigest()
    name, payload = envelope["payloadType"], unbase64(envelope["payload"])
    require(name == f"application/vnd.tomo-backup.{kind}.v1+json", f"it is '{name}', not a {kind}")
    signed = b"DSSEv1 %d %s %d %s" % (len(name), name.encode(), len(payload), payload)
    key = serialization.load_der_public_key(signer)
    require(isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1", "its key is not P-256")
    for signature in envelope["signatures"]:
        if signature["keyid"] == fingerprint:
            try:
                key.verify(unbase64(signature["sig"]), signed, ec.ECDSA(hashes.SHA256()))
                return parse(payload)
            except InvalidSignature:
                pass
    raise Refusal(f"no valid signature of '{fingerprint}'")


# §6: packs

class Pack:
    """An object whose header, key and footer were checked; frames are checked as they are read."""

    def __init__(self, path, kind, lineage, data_key, epoch=None):
        self.path, self.file = path, open(path, "rb")
        size = os.fstat(self.file.fileno()).st_size
        header = self.bytes(0, 112)
        magic, version, its_kind, suite, length = struct.unpack_from("<8sHBBI", header)
        self.require(magic == b"TOMOPACK" and version == 1 and suite == 1, "not a pack of version 1 and suite 1")
        self.require(its_kind == kind and length <= 65536, f"kind {its_kind} where {kind} belongs, or too long a note")
        its_lineage, its_epoch = header[16:32].hex(), header[32:48].hex()
        self.require(its_lineage == lineage and epoch in (None, its_epoch), "it belongs to another lineage or epoch")
        note = self.bytes(112, length)
        keys = hkdf(data_key(lineage, its_epoch), header[48:80], b"tomo-backup/v1/pack\x01", 64)
        self.require(hmac.compare_digest(keys[32:], header[80:112]), "its key has another commitment")
        self.cipher, self.bound = AESGCM(keys[:32]), hashlib.sha256(header + note).digest()
        self.id = header[48:80].hex()
        self.public = parse(note) if note else None
        self.read_footer(112 + length, size)

    def read_footer(self, start, size):
        offset, magic = struct.unpack("<Q8s", self.bytes(size - 16, 16))
        self.require(magic == b"KCAPOMOT" and start <= offset <= size - 48, "it has no trailer")
        sealed, plain = struct.unpack("<II", self.bytes(offset, 8))
        self.require(sealed == plain and offset + 8 + sealed + 16 == size - 16, "its footer does not end it")
        footer = self.decrypt(offset, 0, 1, sealed, plain)
        count, = struct.unpack_from("<I", footer)
        self.require(count <= 262144, "it has too many frames")
        self.table, self.offsets = [struct.unpack_from("<II16s", footer, 4 + 24 * i) for i in range(count)], []
        for sealed, plain, _ in self.table:
            limits = 1 <= plain <= 8388608 and 1 <= sealed <= plain + plain // 256 + 64
            self.require(limits, "a frame's lengths are out of bounds")
            self.offsets.append(start)
            start += 8 + sealed + 16
        note = footer[8 + 24 * count:]
        exact = struct.unpack_from("<I", footer, 4 + 24 * count) == (len(note),) and len(note) <= 1048576
        self.require(start == offset and exact, "its frames and notes do not fill it exactly")
        self.private = parse(note) if note else None

    def frame(self, number):
        self.require(0 <= number < len(self.table), f"it has no frame {number}")
        (sealed, plain, digest), offset = self.table[number], self.offsets[number]
        self.require(self.bytes(offset, 8) == struct.pack("<II", sealed, plain), f"frame {number} is not the table's")
        data = self.decrypt(offset, number, 0, sealed, plain)
        known = zstandard.get_frame_parameters(data).content_size
        self.require(known in (plain, zstandard.CONTENTSIZE_UNKNOWN), f"frame {number} has another length")
        stream = zstandard.ZstdDecompressor().decompressobj()
        data = stream.decompress(data)
        self.require(stream.eof and not stream.unused_data and len(data) == plain, f"frame {number} has another length")
        self.require(xxh128 is None or xxh128(data) == digest, f"frame {number} has another XXH128")
        return data

    def frames(self):
        return (self.frame(number) for number in range(len(self.table)))

    def decrypt(self, offset, number, final, sealed, plain):
        nonce = struct.pack("<B7xI", final, number)
        bound = self.bound + struct.pack("<IBII", number, final, sealed, plain)
        try:
            return self.cipher.decrypt(nonce, self.bytes(offset + 8, sealed + 16), bound)
        except InvalidTag:
            raise Refusal(f"'{self.path}': {'its footer' if final else f'frame {number}'} is not authentic") from None

    def bytes(self, offset, length):
        self.require(offset >= 0, "it is cut off")
        self.file.seek(offset)
        data = self.file.read(length)
        self.require(len(data) == length, "it is cut off")
        return data

    def require(self, condition, message):
        require(condition, f"'{self.path}': {message}")


# §2, §4, §5: the repository

class Repository:
    def __init__(self, root, identity, fingerprints):
        self.root, self.identity = os.path.abspath(root), identity
        self.trusted = {fingerprint.lower() for fingerprint in fingerprints or []}
        if identity:
            comment = rb"^# tomo-backup signing key: ([0-9a-f]{64})\s*$"
            self.trusted.update(found.decode() for found in re.findall(comment, read(identity), re.M))
        require(self.trusted, "no trusted fingerprint: neither the identity file nor --signing-key names one")
        head = parse(self.read("repository.json"))
        require((head["format"], head["version"]) == ("tomo-backup", 1), "it is no tomo-backup repository of version 1")
        self.lineages = {}
        self.read_lineages()

    def path(self, key):
        return os.path.join(self.root, key)

    def read(self, key):
        return read(self.path(key))

    def keys(self, prefix):
        for folder, folders, names in os.walk(self.path(prefix)):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (os.path.relpath(os.path.join(folder, name), self.root)
                        for name in sorted(names) if not name.startswith("."))

    def read_lineages(self):
        """Claims come after created records, whose keys sign them; what no trusted key signed is left out."""
        numbers, unverified = {}, []
        for key in self.keys("lineage"):
            with noted(f"'{key}'"):
                data = self.read(key)
                claimed = parse(unbase64(parse(data)["payload"]))
                unverified.append((claimed["record"] != "created", key, data, claimed))
        for other, key, data, claimed in sorted(unverified, key=lambda item: item[:2]):
            with noted(f"'{key}'"):
                created = not other
                require(created or claimed["lineage"] in self.lineages, "its lineage is not trusted")
                signer = unbase64(claimed["signer"]) if created else self.lineages[claimed["lineage"]].signer
                require(hashlib.sha256(signer).hexdigest() in self.trusted, "its signer is not trusted")
                record = SimpleNamespace(**open_envelope(data, "lineage", signer))
                name = f"{record.number:08}-{hashlib.sha256(data).hexdigest()[:16]}"
                require(key == f"lineage/{record.cluster}/{name}", "its name and its content disagree")
                record.key, record.signer, record.raced = key, signer, False
                if created:
                    require(record.lineage not in self.lineages, "its lineage was created before")
                    record.claims, self.lineages[record.lineage] = [], record
                else:
                    require(record.record == "claim", f"'{record.record}' is unknown")
                    self.lineages[record.lineage].claims.append(record)
                numbers.setdefault(key[:-17], []).append(record)
        for race in filter(lambda records: len(records) > 1, numbers.values()):
            first, *others = sorted(race, key=lambda record: record.key)
            for other in others:
                other.raced = True
                report(f"'{other.key}' has the number of '{first.key}', which is followed")

    def current(self, cluster):
        records = [x for x in self.lineages.values() if x.cluster == cluster and not x.raced]
        return max(records, key=lambda record: record.number, default=None)

    @functools.lru_cache(None)
    def epoch_key(self, lineage, epoch, *purposes):
        """The key in the first wrap that a signed record names and that the identity opens."""
        reasons = []
        for key in self.keys(f"keys/{lineage}/{epoch}"):
            if key.endswith(".epoch"):
                try:
                    return self.unwrap(key, lineage, epoch, purposes)
                except FAULTS as fault:
                    reasons.append(f"'{key}': {describe(fault)}")
        raise Refusal(f"no key for epoch '{epoch}' of lineage '{lineage}': " + ("; ".join(reasons) or "no record"))

    def unwrap(self, key, lineage, epoch, purposes):
        record = open_envelope(self.read(key), "epoch", self.lineages[lineage].signer)
        wrapped = key[:-6] + ".age"
        digest = hashlib.sha256(self.read(wrapped)).hexdigest()
        require([record["lineage"], record["epoch"], record["sha256"]] == [lineage, epoch, digest]
                and key == f"keys/{lineage}/{epoch}/{record['wrap']}.epoch" and record["wrap"] == digest[:16],
                "its name, its record and its age file disagree")
        require(record["purpose"] in purposes, f"its purpose is '{record['purpose']}'")
        data_key = age_open(self.identity, self.path(wrapped))
        require(commitment(data_key) == record["commitment"], "its key has another commitment")
        return data_key

    def data_key(self, lineage, epoch):
        return self.epoch_key(lineage, epoch, "backup", "wal")

    def id_key(self, lineage):
        return self.epoch_key(lineage, self.lineages[lineage].id_epoch, "id")

    def backups(self):
        """Every backup whose manifest is signed and lies where it says."""
        for key in self.keys("backup"):
            if re.fullmatch("backup/[^/]+/[^/]+/[^/]+/manifest", key):
                with noted(f"'{key}'"):
                    lineage = self.lineages.get(key.split("/")[1])
                    require(lineage, "its lineage is not trusted")
                    yield Backup(self, key, lineage, open_envelope(self.read(key), "manifest", lineage.signer))

    def archived(self, key, kind, lineage, name, id_key=None, size=None):
        """The chunks of a WAL or history object; that it is what its key says is certain only after the last."""
        pack, length, mac = Pack(self.path(key), kind, lineage, self.data_key), 0, ContentId(id_key or b"", name)
        note = pack.public if kind == WAL else {"name": name}
        require(note["name"] == name, f"it holds '{note['name']}'")
        if "length" in note:
            expected = self.lineages[lineage].system_identifier, int(name[:8], 16)
            require((note["system_identifier"], note["timeline"]) == expected, "it is of another system or timeline")
        for chunk in pack.frames():
            length += len(chunk)
            mac.update(chunk)
            yield chunk
        require({length} >= {size or length, note.get("length", length)}, "it has another length than it should")
        require(not id_key or key.endswith("-" + mac.hexdigest()), "it has another content id")

    def verify_archive(self):
        names = set()
        for key in (*self.keys("wal"), *self.keys("history")):
            with noted(f"'{key}'"):
                match = (re.fullmatch(f"(wal)/({HEX16})/([0-9A-Fa-f]{{8}})/([0-9A-F]{{16}})/({WAL_NAME})-{HEX16}", key)
                         or re.fullmatch(f"(history)/({HEX16})/()()([0-9A-F]{{8}}\\.history)-{HEX16}", key))
                require(match, "it is no object of the archive")
                kind, lineage, timeline, folder, name = match.groups()
                require(name.startswith(folder) and name.startswith(timeline.upper()), "it lies in another's folder")
                require(lineage in self.lineages, "its lineage is not trusted")
                if (lineage, name) in names:
                    report(f"'{key}': a second content for one name")
                names.add((lineage, name))
                exhaust(self.archived(key, WAL if kind == "wal" else HISTORY, lineage, name, self.id_key(lineage)))
        print(f"archive: {len(names)} files")


# §7, §8: a backup

class Backup:
    def __init__(self, repository, key, lineage, manifest):
        self.repository, self.folder, self.lineage = repository, key[:-len("manifest")], lineage
        self.manifest = manifest = SimpleNamespace(**manifest)
        require(manifest.format == 1, "its format is unknown")
        place = f"backup/{manifest.lineage}/{manifest.generation}/{manifest.backup}/manifest"
        require(key == place and manifest.cluster == lineage.cluster
                and manifest.system_identifier == lineage.system_identifier, "its name and its content disagree")
        self.objects = {entry["name"]: entry for entry in manifest.objects}
        names = f"pack-[0-9]{{5,}}|files|cluster|wal/[0-9A-F]{{24}}-{HEX16}"
        require(len(self.objects) == len(manifest.objects) and all(re.fullmatch(names, name) for name in self.objects)
                and sum(entry["length"] for entry in manifest.objects) == manifest.stored_bytes,
                "its objects are not what the page says")
        parent = self.folder[:-len(manifest.backup) - 1]
        borrowed = {f"{parent}{entry['backup']}/{entry['name']}": entry for entry in manifest.references}
        packs = [self.folder + name for name in self.objects if name.startswith("pack-")] + list(borrowed)
        self.named = {**{self.folder + name: entry for name, entry in self.objects.items()}, **borrowed}
        self.packs = {int(key.rpartition("-")[2]): key for key in packs}
        require(len(self.packs) == len(packs) and all(re.fullmatch(r"pack-[0-9]{5,}", entry["name"])
                and re.fullmatch(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}", entry["backup"]) for entry in borrowed.values()),
                "it refers to what no backup may refer to, or to two packs of one number")
        self.pack = functools.lru_cache(8)(self.open_pack)
        self.frame = functools.lru_cache(64)(self.open_frame)
        self.opened = {}

    def open(self, key, kind):
        require(key in self.named, f"the manifest names no '{key}'")
        path = self.repository.path(key)
        pack = Pack(path, kind, self.manifest.lineage, self.repository.data_key, self.manifest.epoch)
        pack.require(pack.id == self.named[key]["pack"], "it is not the pack that the manifest names")
        return pack

    def open_pack(self, number):
        require(number in self.packs, f"the manifest names no pack {number}")
        return self.open(self.packs[number], DATA)

    def open_frame(self, pack, number):
        self.opened.setdefault(pack, set()).add(number)
        return self.pack(pack).frame(number)

    def check_object(self, key):
        with open(self.repository.path(key), "rb") as file:
            length, digest = os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()
        require((length, digest) == (self.named[key]["length"], self.named[key]["sha256"]),
                f"'{key}' has another length or SHA-256 than the manifest says")

    def cluster(self):
        return SimpleNamespace(**parse(b"".join(self.open(self.folder + "cluster", CLUSTER).frames())))

    def segments(self):
        """The backup's own WAL, name to object; complete from the first segment needed to the last."""
        def number(segment):
            return int(segment[8:16], 16) * (2**32 // self.manifest.wal_segment_size) + int(segment[16:], 16)
        names = [name for name in self.objects if name.startswith("wal/")]
        found, first, last = {name[4:28]: name for name in names}, self.manifest.wal_first, self.manifest.wal_last
        require(len(names) == len(found) and {first, last} <= found.keys()
                and set(map(number, found)).issuperset(range(number(first), number(last) + 1)),
                "its own WAL has a hole or two contents for one name")
        return found

    def segment(self, name, wal_object, id_key=None):
        lineage, size = self.manifest.lineage, self.manifest.wal_segment_size
        return self.repository.archived(self.folder + wal_object, WAL, lineage, name, id_key, size)

    def lines(self, cluster):
        """The file list by type of line; refused as a whole where a line is unknown or the last one is missing."""
        lines, paths, rest = {kind: [] for kind in MEMBERS}, set(), b""
        for plain in itertools.chain(self.open(self.folder + "files", FILES).frames(), [b"\n"]):
            *texts, rest = (rest + plain).split(b"\n")
            for line in map(parse, filter(None, texts)):
                require(not lines["end"], "the file list goes on behind its last line")
                known = MAPPED if line["type"] == "file" and "map" in line else MEMBERS.get(line["type"])
                require(line.keys() == known, f"the file list has an unknown line: {line}")
                check_line(line)
                if "mode" in line:
                    require(line["path"] not in paths, f"the file list names '{line['path']}' twice")
                    paths.add(line["path"])
                lines[line["type"]].append(line)
        end = {"type": "end", "directories": len(lines["directory"]), "files": len(lines["file"]),
               "bytes": sum(line["size"] for line in lines["file"])}
        require(lines["end"] == [end], "the file list is cut off: its last line is missing or counts otherwise")
        tablespaces = {f"pg_tblspc/{tablespace['oid']}" for tablespace in cluster.tablespaces}
        folders = {"", *tablespaces, *(line["path"] for line in lines["directory"])}
        for path in (line["path"] for line in lines["directory"] + lines["file"]):
            known = path.rpartition("/")[0] in folders and path not in tablespaces
            require(known, f"'{path}': its folder is not listed")
        require(CONTROL in paths, f"the file list has no '{CONTROL}'")
        return lines

    def content(self, line):
        """The chunks of a file; size and CRC-32C are certain only after the last."""
        if "map" in line:
            yield from self.mapped(line)
            return
        left, crc = line["size"], 0
        for pack, first, count, *offset in line["runs"]:
            for number in range(first, first + count):
                chunk = self.frame(pack, number)
                chunk = chunk[offset[0]:offset[0] + left] if offset else chunk[:left]
                left, crc = left - len(chunk), crc32c(chunk, crc)
                yield chunk
        require(left == 0, f"'{line['path']}': its frames are too short")
        require(f"{crc:08x}" == line["crc32c"], f"'{line['path']}': it has another CRC-32C")

    def mapped(self, line):
        """The chunks of a file of which an incremental backup stored only some blocks (§8)."""
        pack, frame, offset, length = line["map"]
        left, encoded = line["size"], self.frame(pack, frame)[offset:offset + length]
        for size, pack, address in runs_of(encoded, self.manifest.block_size):
            require(0 < size <= left and address >= 0, f"'{line['path']}': its map is not possible")
            left, end = left - size, address + size
            while address < end:
                offset = address % ADDRESS
                chunk = self.frame(pack, address // ADDRESS)[offset:offset + min(end - address, ADDRESS - offset)]
                require(len(chunk) == min(end - address, ADDRESS - offset), f"'{line['path']}': a frame is too short")
                address += len(chunk)
                yield chunk
        require(left == 0, f"'{line['path']}': its map does not make up the file")

    def verify(self):
        for key in self.named:
            with noted(f"backup '{self.manifest.backup}'"):
                self.check_object(key)
        for name, wal_object in self.segments().items():
            with noted(f"'{self.folder}{wal_object}'"):
                exhaust(self.segment(name, wal_object, self.repository.id_key(self.manifest.lineage)))
        lines = self.lines(self.cluster())
        for line in sorted(lines["file"] + lines["config"], key=where):
            with noted(f"backup '{self.manifest.backup}'"):
                exhaust(self.content(line))
        for number in (int(name[5:]) for name in self.objects if name.startswith("pack-")):
            with noted(f"backup '{self.manifest.backup}'"):
                for frame in set(range(len(self.pack(number).table))) - self.opened.get(number, set()):
                    self.frame(number, frame)
        print(f"backup {self.manifest.backup}: {len(lines['file'])} files, {len(self.objects)} objects")


def check_line(line):
    if "path" in line:
        absolute = line["type"] == "config"
        names = line["path"].split("/")[absolute:]
        require(line["path"].startswith("/") == absolute and "\0" not in line["path"]
                and not {"", ".", ".."}.intersection(names), f"the path '{line['path']}' is not allowed")
    require(re.fullmatch("[0-7]{4}", line.get("mode", "0600")), f"'{line.get('path')}': its mode is not octal")
    if "map" in line:
        place, size = line["map"], line["size"]
        require(len(place) == 4 and all(type(x) is int and x >= 0 for x in place) and 0 < place[3] <= ADDRESS
                and type(size) is int and size > 0, f"'{line['path']}': its map is not what the page says")
        return
    runs, size = line.get("runs", []), line.get("size", 0)
    require(all(len(run) in (3, 4) and all(type(x) is int and x >= 0 for x in run) and run[2] > 0 for run in runs)
            and type(size) is int and size >= 0 and bool(runs) == bool(size)
            and (all(len(run) == 3 for run in runs) or (len(runs) == 1 and runs[0][2] == 1)),
            f"'{line.get('path')}': its runs are not what the page says")


def where(line):
    return line["runs"] if "runs" in line else [line["map"]]


def runs_of(data, block_size):
    """Bytes, pack and address of each run of a map."""
    numbers, pack, end = varints(data), 0, 0
    for blocks in numbers:
        pack, address = pack + zigzag(next(numbers, None)), end + zigzag(next(numbers, None))
        end = address + blocks * block_size
        yield blocks * block_size, pack, address


def varints(data):
    """Numbers of seven bits a byte, lowest first; the eighth bit says that more follow."""
    value = shift = 0
    for byte in data:
        value, shift = value | (byte & 127) << shift, shift + 7
        if byte < 128:
            yield value
            value = shift = 0
    require(shift == 0, "a number of a map has no end")


def zigzag(value):
    return value >> 1 ^ -(value & 1)


def exhaust(chunks):
    for _ in chunks:
        pass


# §10: restoring

def choose(repository, cluster, wanted):
    """The backup named, or the newest good one of the cluster's current lineage."""
    backups = list(repository.backups())
    if wanted:
        found = [x for x in backups if x.manifest.backup == wanted and cluster in (None, x.manifest.cluster)]
        require(len(found) == 1, f"there is no backup '{wanted}' to be trusted, or more than one")
    else:
        clusters = {lineage.cluster for lineage in repository.lineages.values()}
        require(cluster or len(clusters) == 1, f"--cluster must name one of {sorted(clusters)}")
        lineage = repository.current(cluster or clusters.pop())
        found = [x for x in backups if x.lineage is lineage and x.manifest.state == "good"]
        require(found, "the cluster's current lineage has no good backup; see list")
    return max(found, key=lambda backup: backup.manifest.backup)


def tablespace_places(cluster, mappings):
    """Where each tablespace goes, oid to folder, and the tablespace_map that says so (\\ escapes LF, CR, \\)."""
    mapped = dict(mapping.partition("=")[::2] for mapping in mappings)
    original = unbase64(cluster.tablespace_map)
    entries = re.findall(rb"(\d+) ((?:[^\\\r\n]|\\.)+)\n", original, re.S)
    listed = {oid.decode(): os.fsdecode(re.sub(rb"\\(.)", rb"\1", place, flags=re.S)) for oid, place in entries}
    require(listed == {str(x["oid"]): x["location"] for x in cluster.tablespaces}
            and b"".join(b"%s %s\n" % entry for entry in entries) == original, "the tablespaces and their map disagree")
    chosen = {oid: mapped.pop(location, None) or mapped.pop(oid, "") for oid, location in listed.items()}
    missing = [f"'{listed[oid]}'" for oid, place in chosen.items() if not os.path.isabs(place)]
    require(not missing, f"--map-tablespace OLD=NEW must say where, absolutely, these go: {', '.join(missing)}")
    require(not mapped, f"--map-tablespace: there is no tablespace at '{next(iter(mapped), '')}'")
    places = {oid: os.path.realpath(place) for oid, place in chosen.items()}
    escaped = {oid: re.sub(rb"([\\\r\n])", rb"\\\1", os.fsencode(place)) for oid, place in places.items()}
    return places, b"".join(b"%s %s\n" % (oid.encode(), place) for oid, place in escaped.items())


def write(path, chunks, mode=0o600):
    """A new file, whole or not at all: nothing may stand where a restore writes, and others may not read it."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        try:
            for chunk in chunks:
                file.write(chunk)
        except BaseException:
            os.unlink(path)
            raise
        os.fchmod(file.fileno(), mode & 0o640 | 0o600)


def restore(backup, into, mappings):
    manifest = backup.manifest
    require(manifest.kind in ("full", "incremental"), f"a backup of kind '{manifest.kind}' is not known")
    for key in backup.named:
        backup.check_object(key)
    cluster, segments = backup.cluster(), backup.segments()
    lines = backup.lines(cluster)
    for wal_object in segments.values():  # their keys are others than the backup's: missed now, not half-way
        Pack(backup.repository.path(backup.folder + wal_object), WAL, manifest.lineage, backup.repository.data_key)
    places, tablespace_map = tablespace_places(cluster, mappings)
    roots = [os.path.realpath(into), *places.values()]
    for root in roots:
        require(not os.path.lexists(root) or not os.listdir(root), f"'{root}' is not empty")
        inside = sum(os.path.commonpath([root, other]) == root for other in roots) - 1
        require(not inside, f"'{root}' would hold another target of this restore")

    def place(path):
        first, *others = path.split("/")
        if first != "pg_tblspc" or not others:
            return os.path.join(roots[0], path)
        return os.path.join(places[others[0]], *others[1:])

    histories = {item["name"]: unbase64(item["content"]) for item in cluster.history}
    require(all(re.fullmatch(r"[0-9A-F]{8}\.history", name) for name in histories)
            and (manifest.timeline == 1 or f"{manifest.timeline:08X}.history" in histories),
            "its timeline's history file is missing")
    for root in roots:
        os.makedirs(root, exist_ok=True)
        os.chmod(root, 0o700)
    for line in sorted(lines["directory"], key=lambda line: line["path"].split("/")):
        os.mkdir(place(line["path"]))
        os.chmod(place(line["path"]), int(line["mode"], 8) & 0o750 | 0o700)
    for oid, target in places.items():
        os.symlink(target, os.path.join(roots[0], "pg_tblspc", oid))
    write(place("backup_label"), [unbase64(cluster.backup_label)])
    if places:
        write(place("tablespace_map"), [tablespace_map])
    os.makedirs(place("pg_wal/archive_status"), exist_ok=True)
    for name, content in histories.items():
        write(place("pg_wal/" + name), [content])
    for name, wal_object in segments.items():
        write(place("pg_wal/" + name), backup.segment(name, wal_object))
    for line in sorted(lines["file"] + lines["config"], key=lambda line: (line["path"] == CONTROL, where(line))):
        target = place("external_config" + line["path"] if line["type"] == "config" else line["path"])
        if line["path"] == CONTROL:  # last: what a broken restore leaves behind cannot be started
            with open(place("postgresql.auto.conf"), "ab") as file:
                file.write(RECOVERY)
            write(place("recovery.signal"), [])
        if line["type"] == "config":
            os.makedirs(os.path.dirname(target), exist_ok=True)
        if line["path"] not in SIGNALS:
            write(target, backup.content(line), int(line["mode"], 8))
    os.sync()
    for line in lines["damage"]:
        report(f"'{line['path']}': blocks {line['blocks']} were damaged in the source already")
    print(f"restored backup {manifest.backup} into '{roots[0]}': {len(lines['file'])} files, {len(segments)} WAL"
          f" segments; start PostgreSQL {manifest.major_version} as their owner")


# Commands

def show(repository):
    backups = list(repository.backups())
    for lineage in sorted(repository.lineages.values(), key=lambda lineage: (lineage.cluster, lineage.number)):
        state = "current" if lineage is repository.current(lineage.cluster) else "earlier"
        print(f"cluster {lineage.cluster}: lineage {lineage.lineage} ({state}), since {lineage.time},"
              f" PostgreSQL {lineage.major_version}, system {lineage.system_identifier}")
        for claim in lineage.claims:
            print(f"  timeline {claim.timeline}: host {claim.host} since {claim.time}")
        for item in sorted((x.manifest for x in backups if x.lineage is lineage), key=lambda item: item.backup):
            print(f"  backup {item.backup}: {item.kind}, {item.state}, {item.started} to {item.stopped}, timeline"
                  f" {item.timeline}, {item.start_lsn} to {item.stop_lsn}, {item.file_bytes} bytes,"
                  f" {item.stored_bytes} stored")


def verify(repository, wanted):
    backups = [backup for backup in repository.backups() if wanted in (None, backup.manifest.backup)]
    require(backups or not wanted, f"there is no backup '{wanted}' to be trusted")
    for backup in backups:
        with noted(f"backup '{backup.manifest.backup}'"):
            backup.verify()
    if not wanted:
        repository.verify_archive()
    if xxh128 is None:
        print("XXH128 was not checked: there is no libxxhash.so.0")
    print(f"{len(reports)} faults")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("list", "verify", "restore"):
        command = commands.add_parser(name)
        command.add_argument("repository")
        command.add_argument("--identity", required=name != "list", help="file with age identities")
        command.add_argument("--signing-key", action="append", help="trusted fingerprint, from the escrow sheet")
        if name != "list":
            command.add_argument("--backup")
    command.add_argument("--cluster")
    command.add_argument("--into", required=True)
    command.add_argument("--map-tablespace", action="append", default=[], metavar="OLD=NEW")
    options = parser.parse_args()
    os.umask(0o077)
    try:
        repository = Repository(options.repository, options.identity, options.signing_key)
        if options.command == "list":
            show(repository)
        elif options.command == "verify":
            verify(repository, options.backup)
        else:
            restore(choose(repository, options.cluster, options.backup), options.into, options.map_tablespace)
    except FAULTS as fault:
        report(describe(fault))
        return 1
    return 1 if reports and options.command != "restore" else 0


if __name__ == "__main__":
    sys.exit(main())
