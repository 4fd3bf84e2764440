"""Do the releases of a folder, their indexes and the ledger agree?

Belongs here: what can only be checked with several releases. Does not: what is inside one (`verify_bag.py`).
A publication that a dead process left half recorded left a mark too: only then may the indexes lag behind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from pipelines.core.text import Said
from pipelines.releases.bag import INFO, LARGEST_TAG, ROOT_FILES, TAGMANIFEST
from pipelines.releases.descriptor import read_descriptor, to_json
from pipelines.releases.errors import LedgerBroken
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import START, Ledger
from pipelines.releases.log.journal import is_leaf_of
from pipelines.releases.store import LATEST, REFUSALS, UNDER_WAY, VERSIONS, ReleaseStore, line_of, version_folders
from pipelines.releases.tombstones import LARGEST_TOMBSTONE, TOMBSTONES, salted_reason, tombstone_line, tombstone_text
from pipelines.releases.verify_bag import VERSION_NAME
from pipelines.storage import sha256_bytes, sha256_file
from pipelines.storage.atomic import ASIDE
from pipelines.storage.plain import is_plain, read_plain

LARGEST_INDEX = 1 << 28
LEFT_NAME = re.compile(rf"{re.escape(ASIDE)}(gone-[0-9.]+-[0-9a-f]{{8}}|[a-z0-9_]{{4,8}})")
LEFT_FOLDER = "excel|geojson|ods|changes|qualite"
# A file under its name is in data/; one that was being written, under a name of its own, also beside it.
LEFT_WHOLE = rf"data/(({LEFT_FOLDER})/)?[a-zA-Z0-9_]+\.[a-z]+"
LEFT_BEGUN = rf"(data/(({LEFT_FOLDER})/)?)?{re.escape(ASIDE)}[a-z0-9_]{{8}}"
LEFT_FILE = re.compile(f"{LEFT_WHOLE}|{LEFT_BEGUN}")
SENT_MARK = re.compile(r"[0-9a-f]{64}")
"""What a sending to an object store leaves as its mark: the hash of the ledger that it sends."""
NO_LEDGER = Said(
    "il n'y a pas de registre ici : copiez-y aussi ledger.jsonl et log/, ou donnez une seule version",
    "there is no ledger here: copy ledger.jsonl and log/ too, or give one release alone",
)
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


Coming = Callable[[str | None], bool]
"""Whether a line of the ledger is that of an event which a process that died had begun, and which comes next."""


def comes_next(ledger: Ledger, announced: bytes | None, *, has_log: bool) -> Coming:
    """`announced`: the leaf that the log was about to take, when it is signed as the log is. Without it nothing comes
    next, but where there is no log yet, whose events nobody announced."""

    def coming(line: str | None) -> bool:
        if line is None or (has_log and (announced is None or not is_leaf_of(announced, line))):
            return False
        entry = json.loads(line)
        return bool(entry.get("seq") == len(ledger.lines) and entry.get("previous") == ledger.head)

    return coming


def about_nothing(entries: Sequence[Mapping[str, Any]]) -> Iterator[Flaw]:
    """A retraction is of a version that was published before it, and a reason is withdrawn from a retraction."""
    published: set[tuple[str, str]] = set()
    retracted: set[tuple[str, str]] = set()
    for entry in entries:
        about = (str(entry.get("package")), str(entry.get("version")))
        if entry["event"] == "published":
            published.add(about)
        elif entry["event"] == "retracted":
            if about not in published:
                yield Flaw("unrecorded", f"ledger.jsonl, {entry['seq'] + 1}")
            retracted.add(about)
        elif entry["event"] == "reason-withdrawn" and about not in retracted:
            yield Flaw("unrecorded", f"ledger.jsonl, {entry['seq'] + 1}")


def recorded(store: ReleaseStore, coming: Coming) -> Iterator[Flaw]:
    """The folder contains the releases of the ledger, each where the chain wants it, and nothing else."""
    parent = "none"
    retracted = store.retracted
    for entry in store.published:
        version = entry["version"]
        if entry["parent"] != parent:
            yield Flaw("chain", f"ledger.jsonl, {entry['seq'] + 1}", entry["parent"][:12], parent[:12])
        parent = entry["tagmanifest"]
        if version in retracted:
            yield from _retracted(store, version)
        elif not (store.folder / version).is_dir() or (store.folder / version).is_symlink():
            tombstone = store.folder / TOMBSTONES / f"{version}.json"
            if not (store.is_under_way and coming(tombstone_line(tombstone))):
                yield Flaw("removed", f"{store.package}/{version}")
        else:
            yield from release_is(store.folder / version, entry)
    yield from _others(store, coming)


def _others(store: ReleaseStore, coming: Coming) -> Iterator[Flaw]:
    """What is beside the versions that the ledger names."""
    known = {entry["version"] for entry in store.published}
    for version in (name for name in version_folders(store.folder) if name not in known):
        if not (store.is_under_way and coming(line_of(store.folder / version))):
            yield Flaw("unrecorded", f"{store.package}/{version}", "" if store.ledger.lines else NO_LEDGER)
    for path in sorted(store.folder.iterdir()):
        place = f"{store.package}/{path.name}"
        if path.name.startswith(ASIDE):
            if not is_left_aside(path):
                yield Flaw("aside", place)
        elif not path.is_dir() and path.name not in KNOWN:
            yield Flaw("stray", place)
    if (store.folder / UNDER_WAY).exists() and not _is_mark(store, coming):
        yield Flaw("index", f"{store.package}/{UNDER_WAY}")


def is_left_aside(path: Path) -> bool:
    """Whether a process that died left this: a file, or the beginning of a version, under a name that it would give."""
    if not LEFT_NAME.fullmatch(path.name):
        return False
    if path.is_file():
        return True
    places = (item.relative_to(path).as_posix() for item in path.rglob("*") if not item.is_dir())
    return all(place in ROOT_FILES or LEFT_FILE.fullmatch(place) for place in places)


def _is_mark(store: ReleaseStore, coming: Coming) -> bool:
    """Whether the mark of a publication names the version that it is about: the last of the ledger, or the next."""
    version = _mark(store)
    last = (store.ledger.of(store.package) or [{}])[-1].get("version")
    if (version and version == last) or SENT_MARK.fullmatch(version):
        return True
    folder, tombstone = store.folder / version, store.folder / TOMBSTONES / f"{version}.json"
    if not VERSION_NAME.fullmatch(version):
        return False
    # Announced, and nothing of it is there yet; or there, and not in the ledger yet.
    begun = [line_of(folder)] if folder.is_dir() and version not in store.versions else [tombstone_line(tombstone)]
    return all(line is None or coming(line) for line in begun)


def release_is(release: Path, entry: Mapping[str, Any]) -> Iterator[Flaw]:
    """A folder is the release that an entry of the ledger is about."""
    place = f"{release.parent.name}/{release.name}"
    manifest = release / TAGMANIFEST
    if not is_plain(manifest) or sha256_bytes(read_plain(manifest, LARGEST_TAG)) != entry["tagmanifest"]:
        yield Flaw("swapped", place, "", entry["tagmanifest"][:12])
        return
    line = line_of(release)
    sealed = is_plain(release / INFO) and f"{sha256_file(release / INFO)}  {INFO}" in manifest.read_text()
    if sealed and json.loads(line or "{}") != dict(entry):
        yield Flaw("chain", place, "", f"{entry['seq']}")


def _retracted(store: ReleaseStore, version: str) -> Iterator[Flaw]:
    """The tombstone is what the ledger's line makes it, its reason is what was committed to, and the files are gone."""
    entry = store.retracted[version]
    path = store.folder / TOMBSTONES / f"{version}.json"
    place = f"{store.package}/{TOMBSTONES}/{path.name}"
    line = tombstone_line(path)
    withdrawn = {item["version"] for item in store.ledger.of(store.package, "reason-withdrawn")}
    salted = salted_reason(store.folder, entry)
    is_as_committed = "reason" in entry or (salted is None) == (version in withdrawn) or store.is_under_way
    is_told = json.loads(line or "{}") == entry and is_as_committed
    if not is_told or read_plain(path, LARGEST_TOMBSTONE) != tombstone_text(str(line), *(salted or ())).encode():
        yield Flaw("tombstone", place)
    if (store.folder / version).exists() and not store.is_under_way:
        yield Flaw("buried", f"{store.package}/{version}")


def tombstones(store: ReleaseStore, coming: Coming) -> Iterator[Flaw]:
    """Every tombstone is recorded in the ledger, every record of a refusal is there as it was written, and no other."""
    retracted = store.retracted
    for path in _files(store.folder / TOMBSTONES):
        place = f"{store.package}/{TOMBSTONES}/{path.name}"
        if path.name.startswith(ASIDE):
            if not is_left_aside(path):
                yield Flaw("aside", place)
        elif (path.stem not in retracted or path.suffix != ".json") and not (
            store.is_under_way and coming(tombstone_line(path))
        ):
            yield Flaw("tombstone", place)
    yield from _refusals(store)


def _refusals(store: ReleaseStore) -> Iterator[Flaw]:
    known = {f"{entry['record'][:16]}.json": entry["record"] for entry in store.ledger.of(store.package, "refused")}
    for name, digest in known.items():
        path = store.folder / REFUSALS / name
        if not is_plain(path) or path.stat().st_size > LARGEST_TOMBSTONE or sha256_file(path) != digest:
            yield Flaw("refusal", f"{store.package}/{REFUSALS}/{name}")
    for path in _files(store.folder / REFUSALS):
        if path.name in known:
            continue
        is_left = path.name.startswith(ASIDE) and is_left_aside(path)
        if not is_left and not _is_next_refusal(path):
            yield Flaw("refusal", f"{store.package}/{REFUSALS}/{path.name}")


def _is_next_refusal(path: Path) -> bool:
    """Whether a process that died wrote this record, and not yet its line: it is named after its own hash."""
    if not is_plain(path) or path.stat().st_size > LARGEST_TOMBSTONE:
        return False
    return path.name == f"{sha256_file(path)[:16]}.json" and (path.parent.parent / ".lock").exists()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def indexes(store: ReleaseStore) -> Iterator[Flaw]:
    """`versions.json` and `latest.json` say what the ledger and the releases say.

    While a publication is under way each may still say what it said before it: nothing else.
    """
    if not store.published:
        return
    states = [store, *_before(store)] if store.is_under_way else [store]
    for name in (VERSIONS, LATEST):
        path = store.folder / name
        wanted = [_index_text(state, name) for state in states]
        there = read_plain(path, LARGEST_INDEX) if is_plain(path) else None
        encoded = [None if text is None else text.encode() for text in wanted]
        is_odd = path.exists() and there is None
        if is_odd or there not in encoded:
            yield Flaw("index", f"{store.package}/{name}")


def _index_text(state: ReleaseStore, name: str) -> str | None:
    if name == LATEST:
        latest = state.latest()
        return None if latest is None else to_json(latest)
    return to_json(state.index(_gone(state))) if state.published else None


def _before(store: ReleaseStore) -> list[ReleaseStore]:
    """The package as it was before the event that is under way; before any of those that a sending brings at once."""
    own = [entry["seq"] for entry in store.ledger.of(store.package)]
    dropped = own[-1:]
    if _mark(store) == sha256_bytes("".join(f"{line}\n" for line in store.ledger.lines).encode()):
        dropped = own[::-1]
    states = []
    gone: set[int] = set()
    for place in dropped:
        gone.add(place)
        lines = tuple(line for number, line in enumerate(store.ledger.lines) if number not in gone)
        states.append(replace(store, ledger=Ledger(store.ledger.path, lines)))
    return [state for state in states if _can_tell(state)]


def _mark(store: ReleaseStore) -> str:
    try:
        return read_plain(store.folder / UNDER_WAY, 1 << 10).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _can_tell(state: ReleaseStore) -> bool:
    known = _gone(state)
    return all(
        (state.folder / item["version"]).is_dir() or item["tagmanifest"] in known or item["version"] in state.retracted
        for item in state.published
    )


def _gone(state: ReleaseStore) -> dict[str, dict[str, Any]]:
    """What `versions.json` says of versions whose files went while they are retracted: it cannot be computed again."""
    gone = {item["tagmanifest"] for item in state.published if not (state.folder / item["version"]).is_dir()}
    try:
        indexed = json.loads(read_plain(state.folder / VERSIONS, LARGEST_INDEX))["versions"]
        return {item["tagmanifest"]: item for item in indexed if item["tagmanifest"] in gone}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def descent(store: ReleaseStore) -> Iterator[Flaw]:
    """Each version names the version before it, and was compared with the newest that was not retracted then."""
    standing: list[str] = []
    parent = None
    for entry in store.ledger.of(store.package):
        version = str(entry.get("version"))
        if entry["event"] == "retracted":
            standing = [item for item in standing if item != version]
        if entry["event"] != "published":
            continue
        folder = store.folder / version / "data"
        if folder.is_dir():
            own = read_descriptor(folder)["arobase"]
            found = (own["parent_version"], own["compared_with"])
            wanted = (parent, standing[-1] if standing else None)
            if found != wanted:
                place = f"{store.package}/{version}/data/datapackage.json"
                yield Flaw("descent", place, " ".join(map(str, found)), " ".join(map(str, wanted)))
        standing.append(version)
        parent = version


def one_index(store: ReleaseStore, version: str) -> Iterator[Flaw]:
    """What `versions.json` and `latest.json` say of one version, whose line `store` has, is so."""
    try:
        indexed = msgspec.json.decode(read_plain(store.folder / VERSIONS, LARGEST_INDEX))["versions"]
        found = next((item for item in indexed if item["version"] == version), None)
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        found = None
    if found != store.entry(version) and not store.is_under_way:
        yield Flaw("index", f"{store.package}/{VERSIONS}")
