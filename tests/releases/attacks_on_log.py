"""Alterations of the log, of what is beside versions, and of a version by its key's holder: none may pass unseen."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.releases.bag import PROOF, SIGNATURE, seal
from pipelines.releases.descriptor import to_json
from pipelines.releases.ledger import Ledger
from pipelines.releases.log.journal import Journal, leaf_of
from pipelines.releases.log.notes import Checkpoint
from pipelines.releases.signature import load_key, new_key
from pipelines.releases.store import ReleaseStore, published_facts
from pipelines.releases.tombstones import commitment, tombstone_text
from pipelines.storage import sha256_file
from tests.releases.attacks import Attack, newest, releases_of, rewrite

SALT = "00" * 32


def log_of(folder: Path) -> Path:
    return folder / "outputs" / "log"


def ledger_of(folder: Path) -> Ledger:
    return Ledger.read(folder / "outputs" / "ledger.jsonl")


def forged_retraction(folder: Path, *, marked: bool, logged: str) -> None:
    """Without the key: take the newest version away, with a tombstone, a line, and every index made again."""
    releases, ledger = releases_of(folder), ledger_of(folder)
    version = ReleaseStore(releases, "prix", ledger).current or ""
    entry = next(item for item in ledger.of("prix", "published") if item["version"] == version)
    facts = {"package": "prix", "version": version, "at": "2026-07-01T00:00:00Z", "tagmanifest": entry["tagmanifest"]}
    line = ledger.next_line("retracted", {**facts, "reason_commitment": commitment("gone", SALT)})
    shutil.rmtree(releases / "prix" / version)
    tombstone = releases / "prix" / "retraits" / f"{version}.json"
    tombstone.parent.mkdir(exist_ok=True)
    tombstone.write_text(tombstone_text(line, "gone", SALT))
    journal = Journal.read(releases)
    keys = [new_key(folder / "attacker")] if logged == "other" else []
    addition = journal.addition([line.encode()], keys)
    if logged in ("next", "other next"):
        journal.announce(addition)
    is_written = not marked or logged != "tombstone"
    if is_written:
        ledger = ledger.append([line])
    if logged in ("unsigned", "other"):
        journal.add(addition)
    store = ReleaseStore(releases, "prix", ledger)
    if is_written:
        store.write_indexes()
    if marked:
        store.begin(version)


def resealed(change: Callable[[Path, dict[str, Any]], None], *, logged: bool = True) -> Attack:
    """With the key: alter the newest version, seal it again, and write the ledger and the log again after it."""

    def attack(folder: Path) -> None:
        bag, key = newest(folder), load_key(folder / "cle")
        document = json.loads((bag / "data" / "datapackage.json").read_text())
        change(bag, document)
        for item in document["resources"]:
            path = bag / "data" / item["path"]
            item["hash"], item["bytes"] = f"sha256:{sha256_file(path)}", path.stat().st_size
        (bag / "data" / "datapackage.json").write_text(to_json(document))
        told = dict(line.split(": ", 1) for line in (bag / "bag-info.txt").read_text().splitlines())
        told.pop("Payload-Oxum")
        digest = seal(bag, told, {}, key)
        if logged:
            relogged(folder, told, digest)

    return attack


def relogged(folder: Path, told: dict[str, str], digest: str) -> None:
    releases, key = releases_of(folder), load_key(folder / "cle")
    ledger, journal = ledger_of(folder), Journal.read(releases)
    leaves = [leaf for _, leaf in journal.tree.entries(0)]
    place = int(told["Arobase-Ledger-Sequence"])
    head = Ledger(ledger.path, ledger.lines[:place])
    line = head.next_line("published", published_facts(told, digest))
    lines = [line]
    grown = Ledger(ledger.path, (*head.lines, line))
    for entry in ledger.entries[place + 1 :]:
        facts = {name: value for name, value in entry.items() if name not in ("seq", "previous", "event")}
        lines.append(grown.next_line(entry["event"], facts))
        grown = Ledger(ledger.path, (*grown.lines, lines[-1]))
    ledger.path.write_text("".join(f"{item}\n" for item in grown.lines))
    extra = {name: value for name, value in json.loads(leaves[place]).items() if name in ("at", "code", "commit")}
    fresh = [*leaves[:place], leaf_of(line, extra), *(item.encode() for item in lines[1:])]
    origin = journal.checkpoint.origin if journal.checkpoint else None
    shutil.rmtree(journal.folder)
    begun = Journal(journal.folder, None)
    part = begun.addition(fresh[: place + 1], [key], origin)
    (newest(folder) / PROOF).write_text(part.proof.text)
    begun.add(begun.addition(fresh, [key], origin))
    store = ReleaseStore(releases, "prix", Ledger.read(ledger.path))
    (releases / "prix" / "versions.json").unlink()
    store.write_indexes()


def emptied_changes(bag: Path, _: dict[str, Any]) -> None:
    import pyarrow.parquet as pq

    path = bag / "data" / "changes" / "prix.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 0), path)


def emptied_csv(bag: Path, _: dict[str, Any]) -> None:
    path = bag / "data" / "changes" / "prix.csv"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def other_cause(bag: Path, _: dict[str, Any]) -> None:
    import pyarrow as pa

    from pipelines.releases.csvfile import write_csv
    from pipelines.releases.parquet import read_parquet, write_parquet

    table = read_parquet(bag / "data" / "changes" / "prix.parquet")
    causes = pa.array(["code"] * table.num_rows)
    table = table.set_column(
        table.column_names.index("cause"), table.schema.field("cause").with_type(causes.type), causes
    )
    write_csv(table, bag / "data" / "changes" / "prix.csv")
    write_parquet(table.combine_chunks(), bag / "data" / "changes" / "prix.parquet")


def falsified_counts(_: Path, document: dict[str, Any]) -> None:
    document["arobase"]["changes"]["prix"]["added"] = 7


def twice_named(_: Path, document: dict[str, Any]) -> None:
    document["resources"][1]["name"] = document["resources"][0]["name"]


def as_picture(_: Path, document: dict[str, Any]) -> None:
    next(item for item in document["resources"] if item["path"].endswith(".parquet"))["mediatype"] = "image/png"


def other_licence(_: Path, document: dict[str, Any]) -> None:
    document["licenses"] = [{"name": "CC0-1.0", "title": "Public domain", "path": "https://example.org/cc0"}]


def retitled(_: Path, document: dict[str, Any]) -> None:
    document["title"] = "Another title"


def other_created(_: Path, document: dict[str, Any]) -> None:
    document["created"] = "2020-01-01T00:00:00Z"


def empty_mark_and_forged_latest(folder: Path) -> None:
    package = releases_of(folder) / "prix"
    told = json.loads((package / "latest.json").read_text())
    (package / "latest.json").write_text(to_json({**told, "datapackage": "https://elsewhere.example/datapackage.json"}))
    (package / ".en-cours").touch()


def marked_and_forged_versions(folder: Path) -> None:
    package = releases_of(folder) / "prix"
    told = json.loads((package / "versions.json").read_text())
    told["versions"][0]["datapackage"] = "https://elsewhere.example/datapackage.json"
    (package / "versions.json").write_text(to_json(told))
    (package / ".en-cours").write_text("1.1.0\n")


def in_log(change: Callable[[Path], Any]) -> Attack:
    return lambda folder: change(log_of(folder))


def a_tile(log: Path) -> Path:
    return max((log / "tile" / "0" / "000.p").iterdir(), key=lambda path: int(path.name))


def a_bundle(log: Path) -> Path:
    return max((log / "tile" / "entries" / "000.p").iterdir(), key=lambda path: int(path.name))


def resigned(folder: Path, *, signed: bool) -> None:
    head = Checkpoint.parse((log_of(folder) / "checkpoint").read_text(), "x")
    bare = Checkpoint(head.origin, head.size, head.root)
    told = bare.signed(new_key(folder / "attacker")) if signed else bare
    (log_of(folder) / "checkpoint").write_text(told.text)


def pipe(place: str) -> Attack:
    def attack(folder: Path) -> None:
        path = folder / "outputs" / place
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)

    return attack


def endless(place: str) -> Attack:
    def attack(folder: Path) -> None:
        path = folder / "outputs" / place
        path.unlink(missing_ok=True)
        path.symlink_to("/dev/zero")

    return attack


def hollow(place: str) -> Attack:
    def attack(folder: Path) -> None:
        with (folder / "outputs" / place).open("r+b") as file:
            file.truncate(1 << 40)

    return attack


def endless_lists(place: str, mode: str) -> Attack:
    """JSON so deep that a reader of it gives up."""

    def attack(folder: Path) -> None:
        path = folder / "outputs" / place
        path.parent.mkdir(exist_ok=True)
        with path.open(mode) as file:
            file.write('{"package":' + "[" * 100_000 + "]" * 100_000 + "}\n")

    return attack


def added(place: str, text: str = "x") -> Attack:
    def attack(folder: Path) -> None:
        path = folder / "outputs" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return attack


def a_folder(place: str) -> Attack:
    return lambda folder: (folder / "outputs" / place).mkdir(parents=True)


def bad_name_and_pipe(folder: Path) -> None:
    (newest(folder) / "data" / "éa").write_text("x")
    os.mkfifo(newest(folder) / "data" / "éb")


def renamed(folder: Path) -> None:
    shutil.rmtree(releases_of(folder).parent / "log")
    (folder / "outputs" / "ledger.jsonl").unlink()
    newest(folder).rename(releases_of(folder) / "prix" / "3.0.0")


def other_last_byte(data: bytes) -> bytes:
    """The last byte of the last signature, made another."""
    data = data.rstrip(b"=\n")
    return data[:-1] + bytes([data[-1] ^ 1]) + b"=\n"


def idle_bit(data: bytes) -> bytes:
    """The same bytes in base64, spelled otherwise: the first of its lines that has bits to spare."""
    lines = data.split(b"\n")
    place = next(number for number, line in enumerate(lines) if line.endswith(b"="))
    line = lines[place].rstrip(b"=")
    lines[place] = line[:-1] + bytes([line[-1] + 1]) + lines[place][len(line) :]
    assert base64.b64decode(lines[place].split()[-1]) == base64.b64decode(data.split(b"\n")[place].split()[-1])
    return b"\n".join(lines)


PRIX, VERSION = "releases/prix", "releases/prix/1.1.0"
ATTACKS: dict[str, Attack] = {
    "a forged retraction in the ledger alone": lambda folder: forged_retraction(folder, marked=False, logged=""),
    "a forged retraction in an unsigned log": lambda folder: forged_retraction(folder, marked=False, logged="unsigned"),
    "a forged retraction in a log of another key": lambda folder: forged_retraction(
        folder, marked=False, logged="other"
    ),
    "a forged retraction as if cut after the ledger": lambda folder: forged_retraction(
        folder, marked=True, logged="next"
    ),
    "a forged retraction as if cut before it": lambda folder: forged_retraction(
        folder, marked=True, logged="tombstone"
    ),
    "an empty mark and a forged latest": empty_mark_and_forged_latest,
    "a mark and forged versions": marked_and_forged_versions,
    "the head unsigned": lambda folder: resigned(folder, signed=False),
    "the head signed by another": lambda folder: resigned(folder, signed=True),
    "the head removed": in_log(lambda log: (log / "checkpoint").unlink()),
    "the log removed": in_log(shutil.rmtree),
    "a tile altered": in_log(lambda log: rewrite(a_tile(log), lambda data: data[:-1] + bytes([data[-1] ^ 1]))),
    "a tile removed": in_log(lambda log: a_tile(log).unlink()),
    "an entry altered": in_log(lambda log: rewrite(a_bundle(log), lambda data: data.replace(b"2026", b"2027"))),
    "a bundle removed": in_log(lambda log: a_bundle(log).unlink()),
    "a file added to the log": added("log/tile/more"),
    "another file of the log": added("log/checkpoint.old"),
    "a proof altered": lambda folder: rewrite(
        newest(folder) / PROOF, lambda data: data.replace(b"index 1", b"index 0")
    ),
    "the proof of another version": lambda folder: shutil.copy(newest(folder).parent / "1.0.0" / PROOF, newest(folder)),
    "the head in a proof signed otherwise": lambda folder: rewrite(newest(folder) / PROOF, other_last_byte),
    "the head in a proof without its signature": lambda folder: rewrite(
        newest(folder) / PROOF, lambda data: b"".join(data.splitlines(keepends=True)[:-1])
    ),
    "a bit of a proof that no byte uses": lambda folder: rewrite(newest(folder) / PROOF, idle_bit),
    "a line of a signature ended otherwise": lambda folder: rewrite(
        newest(folder) / SIGNATURE, lambda data: data.replace(b"\nAAA", b"\r\nAAA", 1).replace(b"\nU1N", b"\r\nU1N", 1)
    ),
    "a signature without its last line end": lambda folder: rewrite(newest(folder) / SIGNATURE, lambda data: data[:-1]),
    "a head that witnesses cosigned and that is none": added("log/witnessed"),
    "changes emptied in Parquet alone": resealed(emptied_changes),
    "changes emptied in CSV alone": resealed(emptied_csv),
    "causes altered": resealed(other_cause),
    "counts falsified": resealed(falsified_counts),
    "two resources of one name": resealed(twice_named),
    "a Parquet file as a picture": resealed(as_picture),
    "another licence": resealed(other_licence),
    "another date of creation": resealed(other_created),
    "a version sealed again outside the log": resealed(retitled, logged=False),
    "a file added to refusals": added(f"{PRIX}/refus/more.json"),
    "something left aside of another form": added(f"{PRIX}/.aside-abcdefgh/evil.html"),
    "something left aside of another name": added(f"{PRIX}/.aside-this-is-ours"),
    "a stray file among packages": added("releases/more"),
    "a hidden folder among packages": a_folder("releases/.more"),
    "a package that nobody published": added("releases/more/1.0.0/bagit.txt"),
    "an empty folder in the payload": a_folder(f"{VERSION}/data/more"),
    "an empty folder in the bag": a_folder(f"{VERSION}/more"),
    "a pipe as ledger": pipe("ledger.jsonl"),
    "a pipe as tombstone": pipe(f"{PRIX}/retraits/1.0.0.json"),
    "a pipe as head of the log": pipe("log/checkpoint"),
    "a pipe as versions.json": pipe(f"{PRIX}/versions.json"),
    "a pipe as mark": pipe(f"{PRIX}/.en-cours"),
    "a pipe as proof": pipe(f"{VERSION}/{PROOF}"),
    "a pipe behind another bad name": bad_name_and_pipe,
    "the ledger as endless device": endless("ledger.jsonl"),
    "the signature as endless device": endless(f"{VERSION}/tagmanifest-sha256.txt.sig"),
    "a hollow ledger": hollow("ledger.jsonl"),
    "a hollow table": hollow(f"{VERSION}/data/prix.csv"),
    "a hollow manifest": hollow(f"{VERSION}/manifest-sha256.txt"),
    "a hollow descriptor": hollow(f"{VERSION}/data/datapackage.json"),
    "a hollow index": hollow(f"{PRIX}/versions.json"),
    "a hollow head": hollow("log/checkpoint"),
    "lists within lists as a line of the ledger": endless_lists("ledger.jsonl", "a"),
    "lists within lists as versions.json": endless_lists(f"{PRIX}/versions.json", "w"),
    "lists within lists as a stamp": endless_lists("log/times/1-00000000.tsr", "w"),
    "a bag-info.txt of another form": endless_lists(f"{VERSION}/bag-info.txt", "w"),
    "a version under another number, far from its log": renamed,
}
