"""Releases on an object store: the same tree as `outputs/`, sent so that a reader never sees half of it.

Belongs here: bringing a store up to this project's ledger, and fetching from it what its ledger names. Does not: the
store's own acts (`storage/buckets.py`). A store has no rename. So each version is claimed by the first who creates its
claim, its files go up, and its tag manifest is created last, which is its commit; then the ledger is replaced if it is
still the one that was seen, which makes all of it known. What the ledger does not name is not there for a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from pipelines.language import Said
from pipelines.releases.bag import TAGMANIFEST
from pipelines.releases.errors import ReleaseError
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.remote import ELSEWHERE, ReleaseUnreachable
from pipelines.releases.shelf import LATEST, REFUSALS, TOMBSTONES, UNDER_WAY, VERSIONS, Shelf, ledger_lock, settle
from pipelines.storage import sha256_bytes
from pipelines.storage.buckets import Bucket

LEDGER, TREE, CLAIMS = "ledger.jsonl", "releases", ".reservations"
NOTHING = Said(
    f"ni registre ({LEDGER}), ni version ({TAGMANIFEST}), ni paquet d'un dépôt",
    f"no ledger ({LEDGER}), no release ({TAGMANIFEST}), no package of a store",
)


class VersionTaken(ReleaseError):
    """A version of that number, with other contents, stands whole in the store."""

    code: ClassVar[str] = "version-taken"
    fr: ClassVar[str] = (
        "{address} : {package} {version} y est publiée, avec un autre contenu. Un dépôt sert un seul projet : envoyer "
        "sous un autre préfixe, ou effacer {claim} et {folder} si personne ne publie plus là."
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
        "Si aucun envoi n'est en cours, effacer {claim} et {folder}, puis recommencer."
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

    Can be cut anywhere and done again. Raises `VersionTaken`, `LedgersDiffer`, `BucketUnreachable`, `LedgerBroken`; a
    sending that is refused leaves no mark that something is under way.
    """
    settle(releases)
    with ledger_lock(releases):
        ledger = Ledger.read(ledger_beside(releases))
        seen = bucket.read(LEDGER)
        known = _lines(seen)
        _check_same(bucket, ledger, known)
        mark = sha256_bytes("".join(ledger.lines[len(known) :][:1]).encode()).encode()
        try:
            sent = _send_entries(bucket, releases, ledger, len(known), mark)
            whole = "".join(f"{line}\n" for line in ledger.lines).encode()
            if whole != (seen or b"") and not bucket.replace(LEDGER, seen, whole):
                _check_same(bucket, ledger, _lines(bucket.read(LEDGER)))
                raise LedgersDiffer(address=bucket.address, line=len(known) + 1)
        except (VersionTaken, LedgersDiffer):
            _unmark(bucket, ledger, mark)
            raise
        for package in sorted({entry["package"] for entry in ledger.entries}):
            _send_indexes(bucket, Shelf(releases, package, ledger))
    return sent


def _send_entries(bucket: Bucket, releases: Path, ledger: Ledger, known: int, mark: bytes) -> Sent:
    """What each line of the ledger after the `known` ones brings."""
    versions: list[str] = []
    buried: list[str] = []
    for entry in ledger.entries[known:]:
        shelf = Shelf(releases, entry["package"], ledger)
        if entry["event"] == "refused":
            _send_file(bucket, shelf, f"{REFUSALS}/{entry['record'][:16]}.json")
        elif entry["event"] == "retracted":
            _mark(bucket, shelf, mark)
            _bury(bucket, shelf, entry["version"])
            buried.append(f"{shelf.package} {entry['version']}")
        elif entry["version"] not in shelf.retracted:
            _send_version(bucket, shelf, entry, mark)
            versions.append(f"{shelf.package} {entry['version']}")
    return Sent(tuple(versions), tuple(buried))


def _mark(bucket: Bucket, shelf: Shelf, mark: bytes) -> None:
    """Say that a package's indexes may lag behind; a mark that another sender left stays his."""
    bucket.create(f"{TREE}/{shelf.package}/{UNDER_WAY}", mark)


def _unmark(bucket: Bucket, ledger: Ledger, mark: bytes) -> None:
    """Take back the marks of this sending, or of one of the same lines that was cut before."""
    for package in sorted({entry["package"] for entry in ledger.entries}):
        name = f"{TREE}/{package}/{UNDER_WAY}"
        if bucket.read(name) == mark:
            bucket.delete(name)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").split("\n")[:-1]


def _check_same(bucket: Bucket, ledger: Ledger, known: list[str]) -> None:
    mine = [*ledger.lines, *[""] * len(known)]
    for number, line in enumerate(known, start=1):
        if line != mine[number - 1]:
            raise LedgersDiffer(address=bucket.address, line=number)


def _send_version(bucket: Bucket, shelf: Shelf, entry: dict[str, Any], mark: bytes) -> None:
    """The claim, the files, the commit: the first and the last are created by one sender, or were with these bytes."""
    version, folder = entry["version"], shelf.folder / entry["version"]
    base, claim = f"{TREE}/{shelf.package}", f"{TREE}/{shelf.package}/{CLAIMS}/{version}"
    commit = f"{base}/{version}/{TAGMANIFEST}"
    told = {"package": shelf.package, "version": version, "claim": claim, "folder": f"{base}/{version}/"}
    if not _create_or_same(bucket, claim, entry["tagmanifest"].encode()):
        error = VersionClaimed if bucket.read(commit) is None else VersionTaken
        raise error(address=bucket.address, **told)
    _mark(bucket, shelf, mark)
    for path in sorted(item for item in folder.rglob("*") if item.is_file() and item.name != TAGMANIFEST):
        bucket.send(f"{base}/{path.relative_to(shelf.folder).as_posix()}", path)
    if not _create_or_same(bucket, commit, (folder / TAGMANIFEST).read_bytes()):
        raise VersionTaken(address=bucket.address, **told)


def _create_or_same(bucket: Bucket, name: str, data: bytes) -> bool:
    """Whether an object is there with these bytes: by this act, or since a sending of the same that was cut."""
    return bucket.create(name, data) or bucket.read(name) == data


def _bury(bucket: Bucket, shelf: Shelf, version: str) -> None:
    """As on disk: the tombstone appears, then the files go, that which commits them first."""
    folder = f"{TREE}/{shelf.package}/{version}"
    _send_file(bucket, shelf, f"{TOMBSTONES}/{version}.json")
    bucket.delete(f"{folder}/{TAGMANIFEST}")
    for name in bucket.names(folder):
        bucket.delete(name)


def _send_indexes(bucket: Bucket, shelf: Shelf) -> None:
    for name in (VERSIONS, LATEST):
        target = f"{TREE}/{shelf.package}/{name}"
        if not (shelf.folder / name).is_file():
            bucket.delete(target)
        elif bucket.read(target) != (shelf.folder / name).read_bytes():
            _send_file(bucket, shelf, name)
    bucket.delete(f"{TREE}/{shelf.package}/{UNDER_WAY}")


def _send_file(bucket: Bucket, shelf: Shelf, name: str) -> None:
    bucket.send(f"{TREE}/{shelf.package}/{name}", shelf.folder / name)


def fetch_depot(address: str, folder: Path) -> Path:
    """Bring what stands at `address` under `folder`, for `verify`: one version, one package, or all.

    Of a package, or of all, only what the ledger names. Raises `ReleaseUnreachable` when nothing of that is there,
    `BucketUnreachable`, `LedgerBroken`.
    """
    bucket, under = Bucket.open(address), TREE
    names = bucket.names()
    if TAGMANIFEST in names:
        release = folder / address.rstrip("/").rsplit("/", 1)[-1]
        for name in names:
            bucket.fetch(name, _under(bucket, release, name))
        return release
    if LEDGER not in names:
        root, under = _above(address)
        bucket = Bucket.open(root)
        names = bucket.names(under)
        if not names or bucket.read(LEDGER) is None:
            raise ReleaseUnreachable(address=address, found=NOTHING)
    bucket.fetch(LEDGER, folder / LEDGER)
    ledger = Ledger.read(folder / LEDGER)
    for name in names:
        if name.startswith(f"{under}/") and _is_told(ledger, PurePosixPath(name).parts[1:]):
            bucket.fetch(name, _under(bucket, folder, name))
    (folder / under).mkdir(parents=True, exist_ok=True)
    return folder / under


def _above(address: str) -> tuple[str, str]:
    """Where the ledger of `…/releases` or `…/releases/<package>` is, and what of the tree is meant.

    Raises `ReleaseUnreachable` for any other address.
    """
    scheme, mark, place = address.rstrip("/").partition("://")
    parts = place.split("/")
    for depth in (1, 2):
        root = "/".join(parts[:-depth])
        if parts[-depth:][:1] == [TREE] and root:
            return f"{scheme}{mark}{root}", "/".join(parts[-depth:])
    raise ReleaseUnreachable(address=address, found=NOTHING)


def _is_told(ledger: Ledger, parts: tuple[str, ...]) -> bool:
    """Whether a name is part of what the ledger says: a version that it names, or what stands beside versions."""
    if len(parts) < 3 or parts[1] in (TOMBSTONES, REFUSALS):
        return True
    return parts[1] in {entry["version"] for entry in ledger.of(parts[0], "published")}


def _under(bucket: Bucket, folder: Path, name: str) -> Path:
    """Where an object goes. Raises `ReleaseUnreachable` for a name that would lead elsewhere."""
    if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
        raise ReleaseUnreachable(address=f"{bucket.address}/{name}", found=ELSEWHERE)
    return folder / name
