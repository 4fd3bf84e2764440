"""Bringing releases and their log from an object store: what its ledger names, and nothing else.

Belongs here: fetching. Does not: sending (`object_store.py`), nor the store's own acts (`storage/buckets.py`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from pipelines.core.text import Said
from pipelines.releases.bag import TAGMANIFEST
from pipelines.releases.errors import NoteUnreadable
from pipelines.releases.ledger import Ledger
from pipelines.releases.log.journal import CHECKPOINT, NEXT, WITNESSED
from pipelines.releases.log.notes import Checkpoint
from pipelines.releases.log.proofs import Proof
from pipelines.releases.log.tiles import Read, tile_names
from pipelines.releases.object_store import LEDGER, LOG, TREE
from pipelines.releases.remote import ELSEWHERE, ReleaseUnreachable
from pipelines.releases.store import REFUSALS, UNDER_WAY, VERSIONS
from pipelines.releases.tombstones import TOMBSTONES
from pipelines.releases.verify_bag import VERSION_NAME
from pipelines.storage import write_bytes
from pipelines.storage.buckets import Bucket, BucketUnreachable, public_address

NOTHING = Said(
    f"ni registre ({LEDGER}), ni version ({TAGMANIFEST}), ni jeu de données d'un dépôt",
    f"no ledger ({LEDGER}), no release ({TAGMANIFEST}), no package of a store",
)


RESTLESS = Said(
    "le dépôt change pendant qu'il est lu ; recommencer quand plus rien n'y est envoyé",
    "the store changes while it is read; try again once nothing is being sent there",
)


FETCHES = 3
LARGEST_LOG = 1 << 20


def fetch_depot_with_log(address: str, folder: Path) -> tuple[Path, Read | None]:
    """What `fetch_depot` brings; of one version its log is not brought, but read as it is needed.

    Raises what `fetch_depot` raises.
    """
    scheme, mark, place = address.rstrip("/").partition("://")
    parts = place.split("/")
    is_version = len(parts) > 3 and parts[-3] == TREE and VERSION_NAME.fullmatch(parts[-1])
    if not is_version:
        return fetch_depot(address, folder), None
    above = Bucket.open(f"{scheme}{mark}{'/'.join(parts[:-3])}")
    path = fetch_depot(address, folder / TREE / parts[-2])
    if above.read(f"{LOG}/{CHECKPOINT}") is None:
        return path, None
    package = f"{TREE}/{parts[-2]}"
    for name in (f"{package}/{VERSIONS}", f"{package}/{TOMBSTONES}/{parts[-1]}.json"):
        if above.read(name) is not None:
            above.fetch(name, _under(above, folder, name))
    return path, lambda name: above.read(f"{LOG}/{name}")


def fetch_depot(address: str, folder: Path) -> Path:
    """Bring what is at `address` under `folder`, for `verify`: one version, one package, or all.

    Of a package, or of all, only what the ledger names. When a sending ends in between, `folder` is emptied and filled
    again. Raises `ReleaseUnreachable` when nothing of that is there, or when it changes each time; `BucketUnreachable`,
    `LedgerBroken`.
    """
    for _ in range(FETCHES):
        found = _fetched(address, folder)
        if found is not None:
            return found
        shutil.rmtree(folder)
    raise ReleaseUnreachable(address=public_address(address), found=RESTLESS)


def _fetched(address: str, folder: Path) -> Path | None:
    """What `fetch_depot` brings; none when it changed while it was read. The ledger comes first, the list after it."""
    bucket, under = Bucket.open(address), TREE
    head, names = bucket.read(LEDGER), bucket.names()
    if TAGMANIFEST in names:
        release = folder / public_address(address).rstrip("/").rsplit("/", 1)[-1]
        return release if all(_brought(bucket, name, release) for name in names) else None
    if head is None:
        root, under = _above(address)
        bucket = Bucket.open(root)
        head, names = bucket.read(LEDGER), bucket.names(under)
        if not names or head is None:
            raise ReleaseUnreachable(address=public_address(address), found=NOTHING)
    (folder / under).mkdir(parents=True, exist_ok=True)
    (folder / LEDGER).write_bytes(head)
    is_named = _named_by(Ledger.read(folder / LEDGER, f"{bucket.address.rstrip('/')}/{LEDGER}"), names)
    wanted = [name for name in names if name.startswith(f"{under}/") and is_named(PurePosixPath(name).parts[1:])]
    _bring_log(bucket, folder / LOG)
    is_whole = all(_brought(bucket, name, folder) for name in wanted) and bucket.read(LEDGER) == head
    return folder / under if is_whole else None


def _bring_log(bucket: Bucket, folder: Path) -> None:
    """Fetch the log as its head has it, and as the one that a sending announced does; other tiles are not there."""
    sizes = set()
    for name in (CHECKPOINT, WITNESSED, NEXT):
        data = bucket.read(f"{LOG}/{name}")
        if data is None:
            continue
        write_bytes(folder / name, data)
        try:
            text = data.decode("utf-8")
            head = Proof.parse(text, name).checkpoint if name == NEXT else Checkpoint.parse(text, name)
        except (NoteUnreadable, UnicodeDecodeError):
            continue  # `verify` says what is wrong with it
        sizes.add(min(head.size, LARGEST_LOG))
    for name in sorted({name for size in sizes for name in tile_names(size)}):
        data = bucket.read(f"{LOG}/{name}")
        if data is not None:
            write_bytes(folder / name, data)


def _brought(bucket: Bucket, name: str, folder: Path) -> bool:
    """Fetch an object; false when it went since it was listed. Raises `ReleaseUnreachable`, `BucketUnreachable`."""
    try:
        bucket.fetch(name, _under(bucket, folder, name))
    except BucketUnreachable:
        if name in bucket.names():
            raise
        return False
    return True


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
    raise ReleaseUnreachable(address=public_address(address), found=NOTHING)


def _named_by(ledger: Ledger, names: Sequence[str]) -> Callable[[tuple[str, ...]], bool]:
    """Which names are part of what the ledger says: its versions and tombstones, and what else is beside them.

    While a package is marked, the files of its retracted versions are on their way out, and no part of it. A tombstone
    that is not in it stands for a version whose files went already; beside files it comes from a sending under way.
    """
    published, retracted = (
        {(item["package"], item["version"]) for item in ledger.about_packages if item["event"] == event}
        for event in ("published", "retracted")
    )
    there = set(names)

    def is_named(parts: tuple[str, ...]) -> bool:
        if len(parts) < 3 or parts[1] == REFUSALS:
            return True
        if parts[1] == TOMBSTONES:
            version = (parts[0], parts[2].removesuffix(".json"))
            is_gone = "/".join((TREE, *version, TAGMANIFEST)) not in there
            return version in retracted or (version in published and is_gone)
        is_marked = f"{TREE}/{parts[0]}/{UNDER_WAY}" in there
        return parts[:2] in published and not (is_marked and parts[:2] in retracted)

    return is_named


def _under(bucket: Bucket, folder: Path, name: str) -> Path:
    """Where an object goes. Raises `ReleaseUnreachable` for a name that would lead elsewhere."""
    if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
        raise ReleaseUnreachable(address=f"{bucket.address}/{name}", found=ELSEWHERE)
    return folder / name
