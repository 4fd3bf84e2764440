"""Releases that several machines publish into one object store: the folder of one of them follows the store's ledger.

Belongs here: making the local releases those of the store, and publishing in it what was released since. Does not: the
protocol of a sending (`object_store.py`), which this is made of. The store's ledger is the truth: a version here that
it does not name was an attempt of a run that was overtaken or killed, and goes.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from pipelines.core.errors import ResponsibleParty
from pipelines.core.text import Said
from pipelines.releases import bag
from pipelines.releases.errors import ReleaseDamaged, ReleaseError
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.log.journal import NEXT
from pipelines.releases.log.tiles import tile_names
from pipelines.releases.object_store import (
    LEDGER,
    LOG,
    TILES,
    TREE,
    LedgersDiffer,
    Sent,
    VersionTaken,
    claim_of,
    send,
)
from pipelines.releases.remote import ReleaseUnreachable
from pipelines.releases.store import (
    LATEST,
    REFUSALS,
    UNDER_WAY,
    VERSIONS,
    ReleaseStore,
    package_folders,
    version_folders,
)
from pipelines.releases.store_fetching import FETCHES, RESTLESS
from pipelines.releases.tombstones import TOMBSTONES
from pipelines.storage import new_folder, sha256_file, write_bytes
from pipelines.storage.atomic import sweep
from pipelines.storage.buckets import Bucket
from pipelines.storage.errors import Overtaken

POLL = 0.5
INDEXES = (VERSIONS, LATEST)


class StoreBusy(ReleaseError):
    """Another machine publishes the same package into the store, for longer than this one waits."""

    code: ClassVar[str] = "store-busy"
    passes: ClassVar[bool] = True
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{address} : une autre machine publie {package} {version} depuis plus de {seconds} s. Rien n'a été publié "
        "ici ; relancez quand elle a fini, ou attendez plus longtemps (--wait)."
    )
    en: ClassVar[str] = (
        "{address}: another machine has been publishing {package} {version} for more than {seconds} s. Nothing was "
        "published here; run again once it is done, or wait longer (--wait)."
    )


def take_releases(bucket: Bucket, releases: Path) -> None:
    """Make the ledger, the log, and the versions those of the store.

    Each version is checked by the hashes that the ledger and the version itself give. Raises `ReleaseUnreachable` when
    the store changes each time it is read, `ReleaseDamaged` when a version is not what the ledger names,
    `BucketUnreachable`, `LedgerBroken`.
    """
    for _ in range(FETCHES):
        if _taken(bucket, releases):
            return
    raise ReleaseUnreachable(address=bucket.address, found=RESTLESS)


def _taken(bucket: Bucket, releases: Path) -> bool:
    """Whether the store's ledger was the same at the end as at the beginning."""
    head, path = bucket.read(LEDGER), ledger_beside(releases)
    if head is None:
        _drop_all(releases, path)
        return bucket.read(LEDGER) is None
    if _is_of_another_log(bucket, path.parent / LOG):
        _drop_all(releases, path)  # versions carry the proof of their log
    if not path.is_file() or path.read_bytes() != head:
        write_bytes(path, head)
    _take_log(bucket, path.parent / LOG)
    ledger = Ledger.read(path, f"{bucket.address}/{LEDGER}")
    for folder in package_folders(releases):
        if folder.name not in ledger.packages:
            shutil.rmtree(folder)
    for package in ledger.packages:
        _take_package(bucket, releases / package, ledger)
        # A sender that died after the ledger left the indexes behind: they follow from it, and are sent with the next.
        ReleaseStore(releases, package, ledger).write_indexes()
    return bucket.read(LEDGER) == head


def _drop_all(releases: Path, ledger: Path) -> None:
    ledger.unlink(missing_ok=True)
    shutil.rmtree(ledger.parent / LOG, ignore_errors=True)
    for folder in package_folders(releases):
        shutil.rmtree(folder)


def _is_of_another_log(bucket: Bucket, folder: Path) -> bool:
    """Whether what was published here last never came to the store: then a tile here is not there, or is another."""
    tiles = [path for path in (folder / TILES).rglob("*") if path.is_file()] if folder.is_dir() else []
    return any(
        bucket.read(f"{LOG}/{path.relative_to(folder).as_posix()}") != path.read_bytes() for path in sorted(tiles)
    )


def _take_log(bucket: Bucket, folder: Path) -> None:
    """The log whole: tiles never change once they are full, all else is read again."""
    names = {name.removeprefix(f"{LOG}/"): name for name in bucket.names(LOG)}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file() and path.relative_to(folder).as_posix() not in names:
            path.unlink()
    for short, name in names.items():
        data = bucket.read(name)
        if data is not None and (not (folder / short).is_file() or (folder / short).read_bytes() != data):
            write_bytes(folder / short, data)


def _take_package(bucket: Bucket, folder: Path, ledger: Ledger) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    base = f"{TREE}/{folder.name}"
    gone = {item["version"] for item in ledger.of(folder.name, "retracted")}
    published = {item["version"]: item["tagmanifest"] for item in ledger.of(folder.name, "published")}
    standing = {version: digest for version, digest in published.items() if version not in gone}
    for version in version_folders(folder):
        if standing.get(version) != _tagmanifest(folder / version):
            shutil.rmtree(folder / version)
    (folder / UNDER_WAY).unlink(missing_ok=True)  # another machine's, or of a run here that was killed
    for name in INDEXES:
        _copy(bucket, f"{base}/{name}", folder / name)
    for place in (TOMBSTONES, REFUSALS):
        _take_small(bucket, f"{base}/{place}", folder / place)
    for version, digest in standing.items():
        if not (folder / version).is_dir():
            _take_version(bucket, f"{base}/{version}", folder / version, digest)


def _take_small(bucket: Bucket, place: str, folder: Path) -> None:
    names = {name.rpartition("/")[2]: name for name in bucket.names(place)}
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in names:
            path.unlink()
    for short, name in names.items():
        _copy(bucket, name, folder / short)


def _copy(bucket: Bucket, name: str, path: Path) -> None:
    data = bucket.read(name)
    if data is None:
        path.unlink(missing_ok=True)
    elif not path.is_file() or path.read_bytes() != data:
        write_bytes(path, data)


def _tagmanifest(release: Path) -> str | None:
    path = release / bag.TAGMANIFEST
    return sha256_file(path) if path.is_file() else None


def _take_version(bucket: Bucket, place: str, folder: Path, digest: str) -> None:
    """Fetch a version and check it: its tag manifest by the ledger, the rest by the two manifests."""
    with new_folder(folder) as aside:
        for name in bucket.names(place):
            short = name.removeprefix(f"{place}/")
            if ".." in short.split("/"):
                raise ReleaseDamaged(file=name, found=short, expected=Said("un nom de fichier", "the name of a file"))
            bucket.fetch(name, aside / short)
        found = _tagmanifest(aside)
        if found != digest:
            raise ReleaseDamaged(file=f"{place}/{bag.TAGMANIFEST}", found=str(found)[:12], expected=digest[:12])
        wanted = bag.read_manifest(aside / bag.TAGMANIFEST) | bag.read_manifest(aside / bag.MANIFEST)
        for name, expected in wanted.items():
            there = sha256_file(aside / name) if (aside / name).is_file() else "∅"
            if there != expected:
                raise ReleaseDamaged(file=f"{place}/{name}", found=there[:12], expected=expected[:12])


def give_releases(bucket: Bucket, releases: Path, *, wait_seconds: float, sleep: Callable[[float], Any]) -> Sent:
    """Publish in the store what was released here since it was taken.

    Where another machine published first, or publishes the same version now, this waits until that is done, and raises
    `Overtaken`: what is here is to be taken and made again, on top of it. A claim of a sender that shows no sign of
    life for `wait_seconds` is taken over. Raises `StoreBusy` when the other one is alive and not done by then.
    """
    try:
        return send(releases, bucket)
    except LedgersDiffer:
        head = bucket.read(LEDGER)
        if _is_continued(bucket, head, releases):
            _await_ledger(bucket, releases, head, wait_seconds, sleep)
        _withdraw(bucket, releases)
        raise Overtaken(address=bucket.address, name=LEDGER) from None
    except VersionTaken as error:  # claimed, or whole and not yet in the ledger
        _await(bucket, error, wait_seconds, sleep)
        _withdraw(bucket, releases)
        raise Overtaken(address=bucket.address, name=str(error.facts["folder"])) from None


def _withdraw(bucket: Bucket, releases: Path) -> None:
    """Put an end to the claims of this machine whose versions another one's ledger has overtaken: what is made in their
    place has another proof, and would wait for them as for those of somebody else."""
    known = _entries(bucket)
    for entry in Ledger.read(ledger_beside(releases)).entries:
        if entry["event"] != "published" or (entry["package"], entry["version"]) in known:
            continue
        claim, text, claimed = claim_of(releases, entry)
        tag = bucket.tag(claim)
        if tag is not None and bucket.read(claim) == text:
            _end_claim(bucket, claimed, tag)


def _await(bucket: Bucket, error: VersionTaken, wait_seconds: float, sleep: Callable[[float], Any]) -> None:
    """Wait until the store's ledger grows, or take over the claim of a sender that does nothing any more."""
    claim, folder = str(error.facts["claim"]), str(error.facts["folder"]).rstrip("/")
    head, tag, seen = bucket.read(LEDGER), bucket.tag(claim), bucket.tags(folder)
    moved, end = time.monotonic(), time.monotonic() + 2 * wait_seconds
    wanted = (error.facts["package"], error.facts["version"])
    while wanted not in _entries(bucket) and bucket.read(LEDGER) == head and bucket.tag(claim) == tag:
        now = bucket.tags(folder)
        if now != seen:
            moved, seen = time.monotonic(), now
        if time.monotonic() - moved >= wait_seconds:
            # Were it alive, it would find its claim gone before its next file and before the ledger, and stop.
            return _end_claim(bucket, error.facts, tag)
        if time.monotonic() >= end:
            facts = {name: error.facts[name] for name in ("package", "version")}
            raise StoreBusy(address=bucket.address, seconds=round(wait_seconds), **facts)
        sleep(POLL)
    return None


def _is_continued(bucket: Bucket, head: bytes | None, releases: Path) -> bool:
    """Whether the ledger and the log here only add to what the store has published: then the tiles in the way are of a
    sending that did not end. Else somebody published meanwhile, be it the very same, under a log of his own."""
    published, ledger = head or b"", ledger_beside(releases).read_bytes()
    if published == ledger or not ledger.startswith(published):
        return False
    return all(
        (releases.parent / LOG / name).is_file()
        and bucket.read(f"{LOG}/{name}") == (releases.parent / LOG / name).read_bytes()
        for name in _published_tiles(published)
    )


def _published_tiles(ledger: bytes) -> list[str]:
    """The tiles of the log of a ledger, by their paths in it: each line of the one is a leaf of the other."""
    return tile_names(ledger.count(b"\n"))


def _await_ledger(
    bucket: Bucket, releases: Path, head: bytes | None, wait_seconds: float, sleep: Callable[[float], Any]
) -> None:
    """Wait until the store's ledger grows; where a sender that announced another log died before, its tiles go."""
    seen, moved = bucket.tags(LOG), time.monotonic()
    while bucket.read(LEDGER) == head:
        now = bucket.tags(LOG)
        if now != seen:
            moved, seen = time.monotonic(), now
        if time.monotonic() - moved >= wait_seconds:
            break
        sleep(POLL)
    else:
        return
    folder, kept = releases.parent / LOG, _published_tiles(head or b"")
    for path in sorted((folder / TILES).rglob("*")):
        if bucket.read(LEDGER) != head:
            return  # it was alive: its tiles are those of the store's log now
        short = path.relative_to(folder).as_posix()
        is_other = path.is_file() and bucket.read(f"{LOG}/{short}") not in (None, path.read_bytes())
        if is_other and short not in kept:
            bucket.delete(f"{LOG}/{short}")
    bucket.delete(f"{LOG}/{NEXT}")


def _end_claim(bucket: Bucket, facts: Mapping[str, Any], tag: str | None) -> None:
    """Put an end to a claim that has this tag still, and to what was sent under it, unless it was published."""
    claim, folder = str(facts["claim"]), str(facts["folder"])
    if bucket.swap(claim, tag, b"") is None or (facts["package"], facts["version"]) in _entries(bucket):
        return
    bucket.delete(f"{folder}{bag.TAGMANIFEST}")
    for name in bucket.names(folder.rstrip("/")):
        bucket.delete(name)
    bucket.delete(claim)


def _entries(bucket: Bucket) -> set[tuple[str | None, str | None]]:
    """The versions that the store's ledger names: none is an attempt, and nothing of it may go."""
    lines = (bucket.read(LEDGER) or b"").decode("utf-8", "replace").splitlines()
    entries = (json.loads(line) for line in lines)
    return {(item.get("package"), item.get("version")) for item in entries}
