"""Releases on an object store: the same tree as `outputs/`, sent so that a reader never sees half of it.

Belongs here: bringing a store up to this project's ledger. Does not: fetching from it (`store_fetching.py`), the
store's own acts (`storage/buckets.py`). A store has no rename. So each version is claimed by the first who creates its
claim, its files go up, and its tag manifest is created last, which is its commit; then the ledger is replaced if it is
still the one that was seen, which makes all of it known; files of retracted versions go after that, so that a sending
that is refused took nothing away. What the ledger does not name is not there for a reader.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pipelines.releases.bag import PROOF, TAGMANIFEST
from pipelines.releases.errors import ReleaseError
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.log.journal import CHECKPOINT, NEXT, Journal
from pipelines.releases.store import (
    LATEST,
    LEDGER_WAIT,
    REFUSALS,
    UNDER_WAY,
    VERSIONS,
    ReleaseStore,
    ledger_lock,
    settle,
)
from pipelines.releases.tombstones import TOMBSTONES
from pipelines.storage import lock, sha256_bytes, sha256_file
from pipelines.storage.atomic import ASIDE
from pipelines.storage.buckets import Bucket, BucketUnreachable

LEDGER, TREE, CLAIMS, LOG = "ledger.jsonl", "releases", ".reservations", "log"
TILES, PARTIAL = "tile", ".p/"


class VersionTaken(ReleaseError):
    """A version of that number, with other contents, is whole in the store."""

    code: ClassVar[str] = "version-taken"
    fr: ClassVar[str] = (
        "{address} : {package} {version} y est publiée, avec un autre contenu. Un dépôt sert un seul projet : envoyez "
        "sous un autre préfixe, ou effacez {claim} et {folder} si personne ne publie plus là."
    )
    en: ClassVar[str] = (
        "{address}: {package} {version} is published there, with other contents. A store serves one project: send "
        "under another prefix, or delete {claim} and {folder} if nobody publishes there any more."
    )


class VersionClaimed(VersionTaken):
    """The number of a version is claimed in the store by a sending of other contents, which did not end."""

    code: ClassVar[str] = "version-claimed"
    fr: ClassVar[str] = (
        "{address} : {package} {version} y est réservée par un autre envoi, avec un autre contenu, sans être publiée. "
        "Si aucun envoi n'est en cours, effacez {claim} et {folder}, puis recommencez."
    )
    en: ClassVar[str] = (
        "{address}: {package} {version} is claimed there by another sending, with other contents, and not published. "
        "If no sending is under way, delete {claim} and {folder}, then send again."
    )


class LedgersDiffer(ReleaseError):
    """The store's ledger is not the beginning of this project's: somebody else publishes there."""

    code: ClassVar[str] = "ledgers-differ"
    fr: ClassVar[str] = "{address} : son registre diffère de celui-ci à la ligne {line} ; rien n'y est rendu visible."
    en: ClassVar[str] = "{address}: its ledger differs from this one at line {line}; nothing is made visible there."


@dataclass(frozen=True)
class Sent:
    """What a store gained: "package version" of versions that are there now, and of those that were taken away."""

    versions: tuple[str, ...]
    buried: tuple[str, ...]


def send(releases: Path, bucket: Bucket) -> Sent:
    """Bring a store up to this project's ledger; what is there already is not sent again.

    Can be cut anywhere and done again. The project's ledger is locked only to be read, then for the store's ledger and
    indexes: other packages are released while files go up. Raises `VersionTaken`, `LedgersDiffer`, `BucketUnreachable`,
    `LedgerBroken`, and `Busy` while another process sends; a sending that is refused took nothing away from the store
    and leaves no mark that something is under way.
    """
    with lock(releases / ".send.lock", wait_seconds=LEDGER_WAIT):
        seen = bucket.read(LEDGER)
        known = _lines(seen)
        done: Ledger | None = None
        while True:
            settle(releases)
            with ledger_lock(releases):
                ledger = Ledger.read(ledger_beside(releases))
                _check_same(bucket, ledger, known)
                if ledger == done:
                    return _show(releases, bucket, ledger, seen)
            for entry in ledger.entries[len(done.lines if done else known) :]:
                if entry["event"] == "key":
                    continue
                _send_entry(bucket, ReleaseStore(releases, entry["package"], ledger), entry)
            done = ledger


def _send_entry(bucket: Bucket, store: ReleaseStore, entry: dict[str, Any]) -> None:
    """What one line of the ledger brings: nothing of it is known to a reader, and nothing that is known goes."""
    if entry["event"] == "refused":
        _send_file(bucket, store, f"{REFUSALS}/{entry['record'][:16]}.json")
    elif entry["event"] in ("retracted", "reason-withdrawn"):
        _send_file(bucket, store, f"{TOMBSTONES}/{entry['version']}.json")
    elif entry["version"] not in store.retracted:
        try:
            _send_version(bucket, store, entry)
        except (BucketUnreachable, OSError):
            if not _is_retracted_now(store, entry["version"]):
                raise


def _is_retracted_now(store: ReleaseStore, version: str) -> bool:
    """Whether a version's files went from here while they were sent: the ledger, which grew, is then read again."""
    with ledger_lock(store.releases):
        return version in ReleaseStore.read(store.releases, store.package).retracted


def _show(releases: Path, bucket: Bucket, ledger: Ledger, seen: bytes | None) -> Sent:
    """Make what was sent known by the store's ledger, then its indexes; last, what is retracted goes."""
    new = ledger.entries[len(_lines(seen)) :]
    whole = "".join(f"{line}\n" for line in ledger.lines).encode()
    published, buried = (
        [(entry["package"], entry["version"]) for entry in new if entry["event"] == event]
        for event in ("published", "retracted")
    )
    marked = sorted({entry["package"] for entry in new if entry["event"] not in ("refused", "key")})
    log = _send_tiles(releases, bucket, ledger)
    for package in marked:
        # What another sender left stays his: no two ledgers give the same mark.
        bucket.create(f"{TREE}/{package}/{UNDER_WAY}", sha256_bytes(whole).encode())
    for entry in new:
        if entry["event"] == "published" and (entry["package"], entry["version"]) not in buried:
            _check_claim(bucket, *claim_of(releases, entry))
    if whole != (seen or b"") and not bucket.replace(LEDGER, seen, whole):
        _check_overtaken(bucket, ledger, whole, marked)
    if new:
        # Another sender may have taken this one for dead, and its tiles away.
        for name, path in _tiles_of(log):
            if PARTIAL in name or bucket.tag(name) is None:
                _send_if_other(bucket, name, path.read_bytes())
    _send_head(bucket, log)
    for package in ledger.packages:
        store, mark = ReleaseStore(releases, package, ledger), f"{TREE}/{package}/{UNDER_WAY}"
        _send_indexes(bucket, store, whole)
        is_marked = bucket.read(mark) is not None
        for version in store.retracted:
            # A mark that was left says that a sending was cut: perhaps before it took away what it had to.
            if is_marked or (package, version) in buried:
                _bury(bucket, store, version)
        bucket.delete(mark)
    sent = [item for item in published if item[1] not in ReleaseStore(releases, item[0], ledger).retracted]
    return Sent(tuple(map(" ".join, sent)), tuple(map(" ".join, buried)))


def _send_tiles(releases: Path, bucket: Bucket, ledger: Ledger) -> Journal:
    """Send the tiles of the log, and announce the head that the ledger is about to have, signed as the log is."""
    log = Journal.read(releases)
    if log.checkpoint is None or log.size != len(ledger.lines):
        return log
    for name, path in _tiles_of(log):
        if not _create_or_same(bucket, name, path.read_bytes()):
            raise LedgersDiffer(address=bucket.address, line=len(ledger.lines))
    if bucket.read(f"{LOG}/{CHECKPOINT}") != log.checkpoint.text.encode():
        bucket.send(f"{LOG}/{NEXT}", log.last_proof().text.encode())
    return log


def _tiles_of(log: Journal) -> list[tuple[str, Path]]:
    """The tiles of a log: the name of each in the store, and its file."""
    paths = (path for path in sorted((log.folder / TILES).rglob("*")) if path.is_file())
    return [(f"{LOG}/{path.relative_to(log.folder).as_posix()}", path) for path in paths]


def _send_head(bucket: Bucket, log: Journal) -> None:
    """The store's ledger is this project's: its log's head follows, with what witnesses and authorities said of it."""
    if log.checkpoint is None:
        return
    for path in sorted(log.folder.rglob("*")):
        name = path.relative_to(log.folder).as_posix()
        if path.is_file() and name not in (NEXT, CHECKPOINT) and not name.startswith((f"{TILES}/", ASIDE)):
            _send_if_other(bucket, f"{LOG}/{name}", path.read_bytes())
    _send_if_other(bucket, f"{LOG}/{CHECKPOINT}", log.checkpoint.text.encode())
    bucket.delete(f"{LOG}/{NEXT}")


def _send_if_other(bucket: Bucket, name: str, data: bytes) -> None:
    if bucket.read(name) != data:
        bucket.send(name, data)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").split("\n")[:-1]


def _check_same(bucket: Bucket, ledger: Ledger, known: list[str]) -> None:
    mine = [*ledger.lines, *[""] * len(known)]
    for number, line in enumerate(known, start=1):
        if line != mine[number - 1]:
            raise LedgersDiffer(address=bucket.address, line=number)


def _check_overtaken(bucket: Bucket, ledger: Ledger, whole: bytes, marked: Sequence[str]) -> None:
    """The store's ledger was replaced by another sender: fine when by this very one, else this sending is refused.

    Takes back this sending's marks, then raises `LedgersDiffer`.
    """
    now = bucket.read(LEDGER)
    if now == whole:
        return
    for name in (f"{TREE}/{package}/{UNDER_WAY}" for package in marked):
        if bucket.read(name) == sha256_bytes(whole).encode():
            bucket.delete(name)
    _check_same(bucket, ledger, _lines(now))
    raise LedgersDiffer(address=bucket.address, line=len(_lines(now)) + 1)


def _send_version(bucket: Bucket, store: ReleaseStore, entry: dict[str, Any]) -> None:
    """The claim, the files, the commit: the first and the last are created by one sender, or were with these bytes."""
    version, folder = entry["version"], store.folder / entry["version"]
    base, (claim, text, claimed) = f"{TREE}/{store.package}", claim_of(store.releases, entry)
    commit = f"{base}/{version}/{TAGMANIFEST}"
    if not bucket.create(claim, text) and not _is_ours(bucket, claim, text):
        error = VersionClaimed if bucket.read(commit) is None else VersionTaken
        raise error(address=bucket.address, **claimed)
    for path in sorted(item for item in folder.rglob("*") if item.is_file() and item.name != TAGMANIFEST):
        # A sender that slept for long may have been taken for dead, and its claim taken over.
        _check_claim(bucket, claim, text, claimed)
        bucket.send(f"{base}/{path.relative_to(store.folder).as_posix()}", path)
    if not _create_or_same(bucket, commit, (folder / TAGMANIFEST).read_bytes()):
        raise VersionTaken(address=bucket.address, **claimed)


def claim_of(releases: Path, entry: dict[str, Any]) -> tuple[str, bytes, dict[str, str]]:
    """The claim of a version, what it contains, and what an error about it says.

    The proof beside the seal is of one log: two machines that make the same version at once have each its own, so that
    the claim distinguishes them.
    """
    package, version = entry["package"], entry["version"]
    claim, folder = f"{TREE}/{package}/{CLAIMS}/{version}", f"{TREE}/{package}/{version}/"
    proof = releases / package / version / PROOF
    text = entry["tagmanifest"] + (f"\n{sha256_file(proof)}" if proof.is_file() else "")
    return claim, text.encode(), {"package": package, "version": version, "claim": claim, "folder": folder}


def _check_claim(bucket: Bucket, claim: str, text: bytes, claimed: dict[str, str]) -> None:
    """Raises `VersionClaimed` when a claim is not this sending's any more."""
    if not _is_ours(bucket, claim, text):
        raise VersionClaimed(address=bucket.address, **claimed)


def _is_ours(bucket: Bucket, claim: str, text: bytes) -> bool:
    """Whether a claim is this sending's; one that names no proof was made by an earlier version of this code."""
    return bucket.read(claim) in (text, text.partition(b"\n")[0])


def _create_or_same(bucket: Bucket, name: str, data: bytes) -> bool:
    """Whether an object is there with these bytes: by this act, or since a sending of the same that was cut."""
    return bucket.create(name, data) or bucket.read(name) == data


def _bury(bucket: Bucket, store: ReleaseStore, version: str) -> None:
    """Its tombstone is there and the ledger records it: the files go, that which commits them first."""
    folder = f"{TREE}/{store.package}/{version}"
    bucket.delete(f"{folder}/{TAGMANIFEST}")
    for name in bucket.names(folder):
        bucket.delete(name)


def _send_indexes(bucket: Bucket, store: ReleaseStore, whole: bytes) -> None:
    for name in (VERSIONS, LATEST):
        target, path = f"{TREE}/{store.package}/{name}", store.folder / name
        there, mine = bucket.read(target), path.read_bytes() if path.is_file() else None
        if there == mine or _is_behind(bucket, store, whole):
            continue
        if mine is None:
            bucket.delete(target)
        else:
            # Where somebody else was quicker, his ledger is newer, and so is his index.
            bucket.replace(target, there, mine)


def _is_behind(bucket: Bucket, store: ReleaseStore, whole: bytes) -> bool:
    """Whether the store's ledger has grown since by a line about this package: its sender writes the indexes."""
    now = bucket.read(LEDGER) or b""
    grown = _lines(now[len(whole) :]) if now.startswith(whole) else []
    return any(json.loads(line).get("package") == store.package for line in grown)


def _send_file(bucket: Bucket, store: ReleaseStore, name: str) -> None:
    bucket.send(f"{TREE}/{store.package}/{name}", store.folder / name)
