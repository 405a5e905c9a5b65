#!/usr/bin/python3
"""Holds reader.py against vectors.json: `python3 -m unittest` in this folder, or run this file."""
import json, os, pathlib, tempfile, unittest
import reader

HERE = pathlib.Path(__file__).parent
VECTORS = json.loads((HERE / "vectors.json").read_text(encoding="ascii"))


class VectorTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def pack(self, data, **changes):
        vector = VECTORS["pack"] | changes
        path = self.folder / "pack"
        path.write_bytes(data)
        key = bytes.fromhex(vector["data_key"])
        pack = reader.Pack(path, vector["kind"], vector["lineage"], lambda lineage, epoch: key, vector["epoch"])
        self.addCleanup(pack.file.close)
        return pack

    def test_commitment_of_an_epoch(self):
        epoch = VECTORS["epoch"]
        self.assertEqual(epoch["commitment"], reader.commitment(bytes.fromhex(epoch["data_key"])))

    def test_content_id(self):
        vector = VECTORS["content_id"]
        content = reader.ContentId(bytes.fromhex(vector["id_key"]), vector["name"])
        content.update(bytes.fromhex(vector["plain"]))
        self.assertEqual(vector["content_id"], content.hexdigest())

    def test_pack(self):
        vector = VECTORS["pack"]
        pack = self.pack(bytes.fromhex(vector["object"]))
        self.assertEqual(vector["frames"], [frame.hex() for frame in pack.frames()])
        self.assertEqual(json.loads(vector["public_note"]), pack.public)
        self.assertEqual(json.loads(vector["private_note"]), pack.private)

    def test_a_pack_with_any_byte_changed_is_refused(self):
        original = bytes.fromhex(VECTORS["pack"]["object"])
        for position in range(len(original)):
            with self.subTest(position=position), self.assertRaises(reader.FAULTS):
                changed = bytearray(original)
                changed[position] ^= 1
                reader.exhaust(self.pack(bytes(changed)).frames())

    def test_a_pack_of_any_other_length_is_refused(self):
        original = bytes.fromhex(VECTORS["pack"]["object"])
        for data in (*(original[:length] for length in range(len(original))), original + b"\0"):
            with self.subTest(length=len(data)), self.assertRaises(reader.FAULTS):
                self.pack(data)

    def test_a_pack_of_another_place_is_refused(self):
        for changes in ({"kind": 1}, {"lineage": "0" * 32}, {"epoch": "0" * 32}, {"data_key": "00" * 32}):
            with self.subTest(**changes), self.assertRaises(reader.Refusal):
                self.pack(bytes.fromhex(VECTORS["pack"]["object"]), **changes)

    def test_signed_document(self):
        vector = VECTORS["document"]
        signer = bytes.fromhex(vector["public_key"])
        self.assertEqual(json.loads(vector["payload"]), reader.open_envelope(vector["envelope"], "lease", signer))
        for kind, text in (("manifest", vector["envelope"]),
                           ("lease", vector["envelope"].replace("eyJ2ZXJi", "eyJ2ZXJj")),
                           ("lease", vector["envelope"].replace(vector["fingerprint"], "0" * 64))):
            with self.subTest(kind=kind, text=text), self.assertRaises(reader.Refusal):
                reader.open_envelope(text, kind, signer)

    def test_age_file(self):
        vector = VECTORS["age"]
        (self.folder / "identity").write_text(vector["identity"] + "\n", encoding="ascii")
        (self.folder / "key.age").write_bytes(bytes.fromhex(vector["file"]))
        plain = reader.age_open(self.folder / "identity", self.folder / "key.age")
        self.assertEqual(vector["plain"], plain.hex())

    def test_map(self):
        vector = VECTORS["map"]
        block, encoded = vector["block_size"], bytes.fromhex(vector["encoded"])
        self.assertEqual([[blocks * block, pack, address] for blocks, pack, address in vector["runs"]],
                         list(map(list, reader.runs_of(encoded, block))))
        with self.assertRaises(reader.FAULTS):
            reader.exhaust(reader.runs_of(encoded[:-1], block))

    def test_crc32c(self):
        self.assertEqual(0xE3069283, reader.crc32c(b"123456789"))
        self.assertEqual(0x8A9136AA, reader.crc32c(bytes(32)))  # RFC 3720, B.4
        for length in (0, 1, 511, 512, 513, 514, 1023, 4096, 8192, 70001):
            data = (bytes(range(251)) * 300)[:length]
            with self.subTest(length=length):
                bytewise = 0
                for byte in data:
                    bytewise = reader.crc32c(bytes([byte]), bytewise)
                self.assertEqual(bytewise, reader.crc32c(data))
                self.assertEqual(bytewise, reader.crc32c(data[length // 3:], reader.crc32c(data[:length // 3])))

    def test_xxh128_is_the_hash_of_the_page_where_the_library_is_there(self):
        if reader.xxh128 is None:
            self.skipTest("no libxxhash.so.0")
        self.assertEqual("99aa06d3014798d86001c324468d497f", reader.xxh128(b"").hex())

    def test_json_that_names_a_member_twice_is_refused(self):
        with self.assertRaises(reader.Refusal):
            reader.parse('{"a":1,"a":2}')


class LineTests(unittest.TestCase):
    def test_paths_that_leave_the_target_are_refused(self):
        for path in ("", "/etc/passwd", "../x", "base/../../x", "base//1", "base/./1", "base/1/", "a\0b"):
            with self.subTest(path=path), self.assertRaises(reader.Refusal):
                reader.check_line({"type": "directory", "path": path, "mode": "0700"})

    def test_runs_outside_the_page_are_refused(self):
        for size, runs in ((1, []), (0, [[0, 0, 1]]), (1, [[0, 0, 0]]), (1, [[0, -1, 1]]), (1, [[0, 0, 2, 0]]),
                           (1, [[0, 0, 1, 0], [0, 1, 1]]), (1, [[0, 0]]), (-1, [[0, 0, 1]]), (True, [[0, 0, 1]])):
            with self.subTest(size=size, runs=runs), self.assertRaises(reader.Refusal):
                reader.check_line({"type": "file", "path": "a", "size": size, "mode": "0600", "runs": runs})


if __name__ == "__main__":
    os.chdir(HERE)
    unittest.main()
