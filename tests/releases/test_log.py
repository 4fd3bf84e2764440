"""The log of events: its tree, its tiles, its notes, compared with other implementations and the specifications."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.releases import log_reading
from pipelines.releases import publish
from pipelines.releases import verify as verify_module
from pipelines.releases.errors import KeyMissing, KeyOther, LogDamaged, NoteUnreadable
from pipelines.releases.log import merkle
from pipelines.releases.log.journal import Journal, is_leaf_of, leaf_of
from pipelines.releases.log.notes import Checkpoint, NoteKey, cosigned_at, is_signature, parse_note, signed_by
from pipelines.releases.log.proofs import Proof
from pipelines.releases.log.tiles import Tree, grown, tile_name
from pipelines.releases.signature import new_key, signing_blob
from tests.releases.builders import PRIZES, a_key, a_request, two_releases

SPECIFIED_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
SPECIFIED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


def a_tree(size: int, steps: list[int]) -> tuple[Tree, dict[str, bytes]]:
    """A log of `size` entries that grew by `steps` entries at a time, over and over."""
    files: dict[str, bytes] = {}
    have = turn = 0
    while have < size:
        more = min(steps[turn % len(steps)], size - have)
        files.update(grown(files.get, have, [b"%d" % index for index in range(have, have + more)]))
        have, turn = have + more, turn + 1
    return Tree(files.get, size), files


def others(size: int) -> pymerkle.InmemoryTree:
    """The same tree as another implementation of RFC 6962 builds it."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for index in range(size):
        tree.append_entry(b"%d" % index)
    return tree


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 700), st.lists(st.integers(1, 300), min_size=1, max_size=4), st.data())
def test_roots_and_proofs_are_those_of_another_implementation(size: int, steps: list[int], data: st.DataObject) -> None:
    tree, _ = a_tree(size, steps)
    other = others(size)
    assert tree.root == other.get_root()
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    proof = merkle.inclusion_proof(index, size, tree.subtree)
    told = other.prove_inclusion(index + 1, size)
    assert proof == told.path[1:]
    assert merkle.is_included(index, size, merkle.leaf_hash(b"%d" % index), proof, tree.root)
    assert not merkle.is_included(index, size, merkle.leaf_hash(b"other"), proof, tree.root)
    consistent = merkle.consistency_proof(old, size, tree.subtree)
    before = other.get_root(old)
    assert merkle.is_consistent(old, before, size, tree.root, consistent)
    if old < size:
        assert not merkle.is_consistent(old, merkle.leaf_hash(b"other"), size, tree.root, consistent)
        assert not merkle.is_consistent(old, before, size, before, consistent)


@pytest.mark.parametrize(
    ("level", "index", "width", "name"),
    [
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        ("entries", 0, 3, "tile/entries/000.p/3"),
        (1, 999, 256, "tile/1/999"),
        (2, 1000, 17, "tile/2/x001/000.p/17"),
    ],
)
def test_tiles_have_the_names_of_the_specification(level: int | str, index: int, width: int, name: str) -> None:
    assert tile_name(level, index, width) == name


def test_a_log_of_70000_entries_has_the_tiles_that_the_specification_counts() -> None:
    """273 full tiles of level 0 and one of 112 hashes, one full and one of 17 at level 1, one of 1 at level 2."""
    _, files = a_tree(70_000, [10_000])
    names = {name for name in files if not name.startswith("tile/entries")}
    last = {"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert last <= names
    assert sum(name.startswith("tile/0/") and ".p/" not in name for name in names) == 273


def test_an_altered_tile_or_entry_is_seen() -> None:
    tree, files = a_tree(300, [300])
    for name in ("tile/0/000", "tile/0/001.p/44", "tile/entries/000", "tile/1/000.p/1"):
        altered = {**files, name: files[name][:-1] + b"?"}
        other = Tree(altered.get, 300)
        is_seen = other.root != tree.root
        try:
            other.entry(0)
            other.entry(299)
        except LogDamaged:
            is_seen = True
        assert is_seen or name == "tile/entries/000"
    with pytest.raises(LogDamaged):
        Tree({**files, "tile/entries/000": files["tile/entries/000"][:-1] + b"?"}.get, 300).bundle(0)


def test_a_reader_of_the_last_of_10000_entries_reads_little() -> None:
    _, files = a_tree(10_000, [10_000])
    read: list[int] = []

    def counting(name: str) -> bytes | None:
        data = files.get(name)
        read.append(len(data or b""))
        return data

    tree = Tree(counting, 10_000)
    assert merkle.is_included(
        9_999, 10_000, merkle.leaf_hash(b"9999"), merkle.inclusion_proof(9_999, 10_000, tree.subtree), tree.root
    )
    merkle.consistency_proof(9_000, 10_000, tree.subtree)
    assert sum(read) < 100_000


def test_verifying_the_last_release_of_a_long_log_reads_little_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert log_reading.main(1_200)
    assert capsys.readouterr().out.count("sound True") == 2


def test_the_note_of_the_specification_is_signed_by_its_key() -> None:
    key = NoteKey.parse(SPECIFIED_KEY)
    body, (signature,) = parse_note(SPECIFIED_NOTE, "note")
    assert (key.text, signature.identifier) == (SPECIFIED_KEY, key.identifier)
    assert is_signature(key.public, signature.raw, body.encode())
    assert not is_signature(key.public, signature.raw, body.encode() + b"x")


def test_a_cosignature_signs_what_the_specification_says(tmp_path: Path) -> None:
    key = new_key(tmp_path / "witness")
    head = Checkpoint("example.com/behind-the-sofa", 20852163, merkle.leaf_hash(b""))
    cosigned = head.cosigned(key, "witness.example.com/w1", 1679315147)
    (signature,) = cosigned.signatures
    message = f"cosignature/v1\ntime 1679315147\n{head.body}".encode()
    assert (signature.raw[:8], len(signature.raw)) == ((1679315147).to_bytes(8, "big"), 72)
    assert is_signature(key.public_bytes, signature.raw[8:], message)
    named = NoteKey("witness.example.com/w1", 4, key.public_bytes)
    assert cosigned_at(Checkpoint.parse(cosigned.text, "x"), named) == 1679315147
    assert cosigned_at(cosigned, NoteKey("other.example", 4, key.public_bytes)) is None


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "a\n01\n" + base64.b64encode(bytes(32)).decode() + "\n\n",
        "a\n1\n" + base64.b64encode(bytes(31)).decode() + "\n\n",
        "a\n1\n\n",
        "\n1\n" + base64.b64encode(bytes(32)).decode() + "\n\n",
        "a\n1\n" + base64.b64encode(bytes(32)).decode() + "\n\n— b\n",
        "a\n1\n" + base64.b64encode(bytes(32)).decode() + "\n\n- b AAAAAAAA\n",
        "a\r\n1\n" + base64.b64encode(bytes(32)).decode() + "\n\n",
        "",
    ],
)
def test_a_head_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(NoteUnreadable):
        Checkpoint.parse(text, "x")


def test_the_log_of_a_project_has_a_signed_leaf_for_each_line_of_its_ledger(tmp_path: Path) -> None:
    key = a_key(tmp_path)
    releases = two_releases(tmp_path, key)
    journal = Journal.read(releases)
    lines = (releases.parent / "ledger.jsonl").read_text().splitlines()
    assert journal.checkpoint is not None
    assert journal.size == len(lines) > 1
    for index, leaf in journal.tree.entries(0):
        assert is_leaf_of(leaf, lines[index])
    assert signed_by(journal.checkpoint, NoteKey(journal.checkpoint.origin, 1, key.public_bytes))
    assert journal.tree.root == journal.checkpoint.root
    proof = Proof.parse((releases / "prix" / "1.1.0" / "inclusion.tlog-proof").read_text(), "x")
    assert proof.holds
    assert is_leaf_of(proof.leaf, lines[proof.index])


def test_nothing_enters_a_signed_log_without_its_key(tmp_path: Path) -> None:
    releases = two_releases(tmp_path, a_key(tmp_path))
    with pytest.raises(KeyMissing):
        publish(a_request([*PRIZES[:1]]), releases, key=None)
    with pytest.raises(KeyOther):
        publish(a_request([*PRIZES[:1]]), releases, key=new_key(tmp_path / "other"))


def test_only_a_release_s_leaf_says_more_than_its_line() -> None:
    line = json.dumps({"event": "published", "package": "a", "seq": 0}, sort_keys=True, separators=(",", ":"))
    assert is_leaf_of(leaf_of(line, {"at": "2026-01-01T00:00:00Z"}), line)
    assert not is_leaf_of(leaf_of(line, {"at": "x"}).replace(b'"a"', b'"b"'), line)
    assert not is_leaf_of(leaf_of(line, {"more": "x"}), line)
    refused = line.replace("published", "refused")
    assert not is_leaf_of(leaf_of(refused, {"at": "x"}), refused)


@pytest.fixture
def long_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package's folder of two releases whose ledger counts as too long to be read for one of them."""
    monkeypatch.setattr(verify_module, "SHORT_LEDGER", 0)
    return two_releases(tmp_path) / "prix"


def test_one_release_of_a_long_ledger_is_verified_without_the_others(long_ledger: Path) -> None:
    first, second = sorted(long_ledger.glob("[0-9]*"))
    (long_ledger.parents[1] / "ledger.jsonl").write_text("nobody reads this\n", encoding="utf-8")
    (second / "data" / "datapackage.json").write_text("nor this", encoding="utf-8")
    assert verify_module.verify(first).is_sound
    assert not verify_module.verify(second).is_sound


def test_one_release_of_a_long_ledger_has_its_own_place_in_the_log(long_ledger: Path) -> None:
    first, second = sorted(long_ledger.glob("[0-9]*"))
    shutil.copyfile(first / "inclusion.tlog-proof", second / "inclusion.tlog-proof")
    assert [flaw.code for flaw in verify_module.verify(second).flaws] == ["inclusion"]


def test_one_release_of_a_long_ledger_is_what_the_index_says(long_ledger: Path) -> None:
    index = long_ledger / "versions.json"
    second = max(long_ledger.glob("[0-9]*"))
    told = json.loads(index.read_text(encoding="utf-8"))
    next(item for item in told["versions"] if item["version"] == second.name)["tagmanifest"] = "0" * 64
    index.write_text(json.dumps(told), encoding="utf-8")
    assert [flaw.code for flaw in verify_module.verify(second).flaws] == ["index"]
    index.write_text("[" * 100_000, encoding="utf-8")
    assert [flaw.code for flaw in verify_module.verify(second).flaws] == ["index"]


def test_a_proof_has_one_spelling(tmp_path: Path) -> None:
    """Whatever bit of it changes, it is another proof or none."""
    releases = two_releases(tmp_path)
    data = (releases / "prix" / "1.1.0" / "inclusion.tlog-proof").read_bytes()
    proof = Proof.parse(data.decode(), "x")
    for place in range(len(data)):
        for bit in range(8):
            other = data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]
            try:
                assert Proof.parse(other.decode(), "x") != proof, (place, bit)
            except (NoteUnreadable, UnicodeDecodeError):
                continue


def test_a_signature_has_one_spelling(tmp_path: Path) -> None:
    key = new_key(tmp_path / "cle")
    text = key.sign(b"a message")
    assert signing_blob(b"a message", text) is not None
    for place in range(len(text)):
        for more in (" ", "\n", "\r", "\t", "=", "\x0b", "\u2028"):
            assert signing_blob(b"a message", text[:place] + more + text[place:]) is None, (place, more)
        assert signing_blob(b"a message", text[:place] + text[place + 1 :]) is None, place


def test_the_last_line_of_a_ledger_has_one_spelling(tmp_path: Path) -> None:
    """No line after it names its hash, and its leaf is compared by what it says."""
    releases = tmp_path / "outputs" / "releases"
    publish(a_request(), releases, key=None)
    ledger = releases.parent / "ledger.jsonl"
    line = ledger.read_text()
    for other in (line.replace("}", " }"), line.replace("prix", "pri\\u0078"), line.replace("{", '{"seq":9,', 1)):
        ledger.write_text(other)
        assert [flaw.code for flaw in verify_module.verify(releases).flaws][:1] == ["ledger"], other
