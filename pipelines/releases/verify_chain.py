"""Do the releases of a folder, their indexes and the ledger tell the same story?

Belongs here: what can only be told from several releases. Does not: what is inside one (`verify_bag.py`).
A publication that a dead process left half recorded left a mark too: only then may the indexes lag behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.releases.bag import INFO, TAGMANIFEST
from pipelines.releases.descriptor import to_json
from pipelines.releases.errors import LedgerBroken
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import START, Ledger
from pipelines.releases.store import (
    LATEST,
    REFUSALS,
    TOMBSTONES,
    UNDER_WAY,
    VERSIONS,
    ReleaseStore,
    line_of,
    tombstone_line,
    version_folders,
)
from pipelines.storage import sha256_bytes, sha256_file
from pipelines.storage.atomic import ASIDE

KNOWN = frozenset({VERSIONS, LATEST, TOMBSTONES, REFUSALS, UNDER_WAY, ".lock"})


def read_ledger(path: Path, witness: str | None) -> tuple[Ledger | None, list[Flaw]]:
    """The ledger, or what is wrong with it. `witness`: the hash of a line that somebody noted earlier."""
    try:
        ledger = Ledger.read(path)
    except LedgerBroken as error:
        place = f"{path.name}, {error.facts['line']}"
        return None, [Flaw("ledger", place, error.facts["found"], error.facts["expected"])]
    lines = {START, *(sha256_bytes(line.encode()) for line in ledger.lines)}
    if witness is not None and witness not in lines:
        return ledger, [Flaw("witness", path.name, "", witness[:12])]
    return ledger, []


def recorded(shelf: ReleaseStore) -> Iterator[Flaw]:
    """The folder holds the releases of the ledger, each where the chain wants it, and nothing else."""
    parent = "none"
    for entry in shelf.published:
        version = entry["version"]
        if entry["parent"] != parent:
            yield Flaw("chain", f"ledger.jsonl, {entry['seq'] + 1}", entry["parent"][:12], parent[:12])
        parent = entry["tagmanifest"]
        if version in shelf.retracted:
            yield from _retracted(shelf, version)
        elif not (shelf.folder / version).is_dir() or (shelf.folder / version).is_symlink():
            tombstone = shelf.folder / TOMBSTONES / f"{version}.json"
            if not (shelf.is_under_way and _comes_next(tombstone_line(tombstone), shelf.ledger)):
                yield Flaw("removed", f"{shelf.package}/{version}")
        else:
            yield from _release(shelf.folder / version, entry)
    known = {entry["version"] for entry in shelf.published}
    for version in (name for name in version_folders(shelf.folder) if name not in known):
        if not (shelf.is_under_way and _comes_next(line_of(shelf.folder / version), shelf.ledger)):
            yield Flaw("unrecorded", f"{shelf.package}/{version}")
    for path in sorted(shelf.folder.iterdir()):
        if not path.is_dir() and path.name not in KNOWN and not path.name.startswith(ASIDE):
            yield Flaw("stray", f"{shelf.package}/{path.name}")


def _release(release: Path, entry: Mapping[str, Any]) -> Iterator[Flaw]:
    place = f"{release.parent.name}/{release.name}"
    manifest = release / TAGMANIFEST
    if not manifest.is_file() or sha256_file(manifest) != entry["tagmanifest"]:
        yield Flaw("swapped", place, "", entry["tagmanifest"][:12])
        return
    told = line_of(release)
    sealed = (release / INFO).is_file() and f"{sha256_file(release / INFO)}  {INFO}" in manifest.read_text()
    if sealed and json.loads(told or "{}") != dict(entry):
        yield Flaw("chain", place, "", f"{entry['seq']}")


def _retracted(shelf: ReleaseStore, version: str) -> Iterator[Flaw]:
    place = f"{shelf.package}/{TOMBSTONES}/{version}.json"
    path = shelf.folder / TOMBSTONES / f"{version}.json"
    if json.loads(tombstone_line(path) or "{}") != shelf.retracted[version]:
        yield Flaw("tombstone", place)
    if (shelf.folder / version).exists() and not shelf.is_under_way:
        yield Flaw("buried", f"{shelf.package}/{version}")


def tombstones(shelf: ReleaseStore) -> Iterator[Flaw]:
    """Every tombstone is told of in the ledger, and every record of a refusal is there as it was written."""
    for path in sorted((shelf.folder / TOMBSTONES).glob("*")):
        if path.name.startswith(ASIDE):
            continue  # half a tombstone, of a process that died writing it
        underway = shelf.is_under_way and _comes_next(tombstone_line(path), shelf.ledger)
        if path.stem not in shelf.retracted and not underway:
            yield Flaw("tombstone", f"{shelf.package}/{TOMBSTONES}/{path.name}")
    for entry in shelf.ledger.of(shelf.package, "refused"):
        path = shelf.folder / REFUSALS / f"{entry['record'][:16]}.json"
        if not path.is_file() or sha256_file(path) != entry["record"]:
            yield Flaw("refusal", f"{shelf.package}/{REFUSALS}/{path.name}")


def indexes(shelf: ReleaseStore) -> Iterator[Flaw]:
    """`versions.json` and `latest.json` say what the ledger and the releases say."""
    if shelf.is_under_way or not shelf.published:
        return
    latest = shelf.latest()
    for name, told in ((VERSIONS, shelf.index()), (LATEST, latest)):
        path = shelf.folder / name
        if told is None:
            if path.exists():
                yield Flaw("index", f"{shelf.package}/{name}")
        elif not path.is_file() or path.is_symlink() or path.read_bytes() != to_json(told).encode():
            yield Flaw("index", f"{shelf.package}/{name}")


def _comes_next(line: str | None, ledger: Ledger) -> bool:
    entry = json.loads(line) if line else {}
    return bool(entry.get("seq") == len(ledger.lines) and entry.get("previous") == ledger.head)
