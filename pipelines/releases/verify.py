"""Verification: everything that an auditor can check of a release, of a package's releases, or of all of them.

Belongs here: what is looked at, and what is said to have been verified. Does not: the order of the checks of one
release (`verify_release.py`), its place in the log (`verify_place.py`), nor any check (`verify_*.py`). Nothing here
needs the network, nor the code that made the release; the clock only says whether a key that an auditor gave an end
is still good.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipelines.core.text import Said
from pipelines.releases import verify_chain, verify_log
from pipelines.releases.allowed_signers import Trust
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.log.journal import folder_reader, log_beside
from pipelines.releases.log.tiles import Read
from pipelines.releases.store import VERSIONS, ReleaseStore, package_folders, version_folders
from pipelines.releases.verify_found import (
    ALONE,
    LEFT_ASIDE,
    UNDER_WAY,
    Looking,
    Verification,
    Verified,
    first,
    first_readable,
)
from pipelines.releases.verify_log import Demands
from pipelines.releases.verify_place import alone, check_in_log, check_log, demand_of_proof
from pipelines.releases.verify_release import carried_proof, check_release
from pipelines.storage.atomic import ASIDE
from pipelines.storage.plain import is_plain

__all__ = ["UNDER_WAY", "Demands", "Verification", "Verified", "verify"]

SHORT_LEDGER = 1 << 16  # about 190 releases: so far one is also checked against all others, beyond by its proof alone
LOCKS = frozenset({".ledger.lock", ".send.lock"})


def verify(
    path: Path,
    *,
    keys: Sequence[str] = (),
    trust: Trust | None = None,
    witness: str | None = None,
    demands: Demands | None = None,
    deep: bool = False,
    expected: str | None = None,
    read: Read | None = None,
    step: Callable[[str], None] = lambda name: None,
) -> Verification:
    """Verify what is at `path`: one release, the releases of a package, or a folder of packages.

    `trust`: whose signatures are accepted; `keys`: the same, as bare public keys (`ssh-ed25519 AAAA…`); without any, a
    signature is only checked for itself. `witness`: the hash of a line of the ledger noted earlier. `demands`: what the
    log has to continue, and who has to have witnessed it. `deep`: changes are computed again from both versions.
    `expected`: "package" or "package/version". `read`: how the log is read when it does not be beside the releases.
    `step` is called with each release before it is read. A release that is among others is checked against them and the
    log too. Never raises for what is wrong with the files, and never waits for one.
    """
    trusted = trust if trust is not None else (Trust.of_keys(tuple(keys)) if keys else None)
    looking = Looking(trusted, witness, demands or Demands(), deep, step)
    if not path.exists() and not path.is_symlink():
        return Verification((Flaw("no-release", path.name),), (), ())
    special = _special(path)
    if special:
        return Verification(tuple(special), (), ())
    if (path / "data").is_dir() or (path / "bagit.txt").is_file():
        _one(looking, path, read)
    else:
        _many(looking, path, read)
    if expected is not None:
        _check_expected(looking, expected)
    return looking.done()


def _check_expected(looking: Looking, expected: str) -> None:
    for item in looking.verified:
        release = f"{item.package}/{item.version}"
        if expected not in (item.package, release):
            looking.flaws.append(Flaw("expected", release, release, expected))


def _special(path: Path) -> list[Flaw]:
    """Links, FIFOs and devices under a path: nothing is read where there is one, for reading it might never end."""
    found: list[Flaw] = []
    beside = [ledger_beside(path), ledger_beside(path.parent), log_beside(path), log_beside(path.parent)]
    for start in (path, *beside):
        if start != path and not start.is_symlink() and not start.exists():
            continue
        for item in sorted(_not_plain(start)):
            place = item.relative_to(start).as_posix() if item != start else item.name
            found.append(Flaw("link", place if start == path else f"{start.name}/{place}".rstrip("/.")))
    return found


def _not_plain(start: Path) -> Iterator[Path]:
    """What is neither a file nor a folder, itself or below: found by the entries of folders, of which a log has
    many."""
    mode = start.lstat().st_mode
    if not stat.S_ISDIR(mode):
        if not stat.S_ISREG(mode):
            yield start
        return
    waiting = [str(start)]
    while waiting:
        with suppress(PermissionError), os.scandir(waiting.pop()) as items:  # reported where it is read
            for item in items:
                if item.is_dir(follow_symlinks=False):
                    waiting.append(item.path)
                elif not item.is_file(follow_symlinks=False):
                    yield Path(item.path)


def _within(release: Path) -> Said:
    """Of a path below a release: which folder is the whole."""
    return Said(
        f"c'est une partie de la version dont le dossier est {release}",
        f"it is a part of the release in the folder {release}",
    )


def _many(looking: Looking, path: Path, read: Read | None) -> None:
    is_package = (path / VERSIONS).exists() or _is_package(path)
    releases = path.parent if is_package else path
    folders = [path] if is_package else [item for item in package_folders(path) if not _is_bare(item)]
    if not any(_is_package(folder) for folder in folders):
        within = next((folder for folder in path.absolute().parents if (folder / "bagit.txt").is_file()), None)
        looking.flaws.append(Flaw("no-release", path.name, "" if within is None else _within(within)))
        return
    ledger, flaws = verify_chain.read_ledger(ledger_beside(releases), looking.witness)
    looking.flaws += flaws
    if not is_package:
        looking.flaws += _forgotten(ledger, releases)
        looking.flaws += _strays(releases)
    reader = read or folder_reader(log_beside(releases))
    coming = _coming(looking, reader, ledger)
    stores = [ReleaseStore(releases, item.name, ledger or Ledger(ledger_beside(releases), ())) for item in folders]
    for store in stores:
        _package(looking, store, coming, has_ledger=ledger is not None)
    check_log(looking, reader, log_beside(releases), ledger)
    for store in stores if ledger is not None and not looking.flaws else ():
        looking.flaws += first_readable(verify_chain.indexes, store, store.package)
        looking.flaws += first_readable(verify_chain.descent, store, store.package)


def _coming(looking: Looking, read: Read, ledger: Ledger | None) -> verify_chain.Coming:
    """Which event may have been begun by a process that died."""
    lines = ledger or Ledger(Path(), ())
    checkpoint, flaws = verify_log.head(read)
    leaf = verify_log.next_leaf(read, checkpoint, len(lines.lines), looking.trust)
    return verify_chain.comes_next(lines, leaf, has_log=checkpoint is not None or leaf is not None or bool(flaws))


def _package(looking: Looking, store: ReleaseStore, coming: verify_chain.Coming, *, has_ledger: bool) -> None:
    folder = store.folder
    if store.is_under_way:
        looking.notes.append(UNDER_WAY)
    if any(item.name.startswith(ASIDE) for item in folder.iterdir()):
        looking.notes.append(LEFT_ASIDE)
    if has_ledger:
        looking.flaws += first_readable(lambda item: verify_chain.recorded(item, coming), store, store.package)
        looking.flaws += first_readable(lambda item: verify_chain.tombstones(item, coming), store, store.package)
    for version in version_folders(folder):
        if (folder / version).is_dir():
            looking.step(f"{folder.name} {version}")
            release = f"{folder.name}/{version}"
            looking.flaws += [
                replace(flaw, place=release if flaw.place in (version, release) else f"{release}/{flaw.place}")
                for flaw in check_release(looking, folder / version)
            ]


def _one(looking: Looking, path: Path, read: Read | None) -> None:
    """One release: its own files, then its place in the log, of which only a few tiles are read."""
    looking.step(path.name)
    flaws = check_release(looking, path)
    releases = path.resolve().parent.parent
    folder = log_beside(releases)
    looking.log_folder = folder
    reader = read or folder_reader(folder)
    checkpoint, broken = verify_log.head(reader)
    store = ReleaseStore(releases, path.resolve().parent.name, Ledger(ledger_beside(releases), ()))
    if checkpoint is not None and looking.witness is None and not _is_short(ledger_beside(releases)):
        looking.flaws += [*check_in_log(looking, path, store, reader, checkpoint), *flaws]
        return
    looking.flaws += broken
    if not ledger_beside(releases).exists():
        proof = carried_proof(path)
        carried = first(alone(looking, proof, path))
        looking.flaws += flaws + carried
        looking.notes.append(ALONE)
        if looking.demands.seen or looking.demands.policy is not None:
            demand_of_proof(looking, proof)
        return
    ledger, wrong = verify_chain.read_ledger(ledger_beside(releases), looking.witness)
    if ledger is None:
        looking.flaws += wrong + flaws
        return
    coming, store = _coming(looking, reader, ledger), replace(store, ledger=ledger)
    looking.flaws += first_readable(lambda item: verify_chain.recorded(item, coming), store, store.package)
    looking.flaws += flaws + wrong
    check_log(looking, reader, folder, ledger)
    if not looking.flaws:
        looking.flaws += first_readable(verify_chain.indexes, store, store.package)
        looking.flaws += first_readable(verify_chain.descent, store, store.package)


def _is_short(ledger: Path) -> bool:
    """Whether a ledger is there and so short that it is read whole: then a release's neighbours are checked too."""
    return is_plain(ledger) and ledger.stat().st_size <= SHORT_LEDGER


def _forgotten(ledger: Ledger | None, releases: Path) -> list[Flaw]:
    """Packages that the ledger knows and whose folder is gone."""
    if ledger is None:
        return []
    known = [name for name in ledger.packages if ledger.of(name, "published")]
    return [Flaw("removed", name) for name in known if not (releases / name).is_dir()][:1]


def _strays(releases: Path) -> list[Flaw]:
    """What is beside the folders of packages."""
    known = {item.name for item in package_folders(releases)} | LOCKS
    return [Flaw("stray", item.name) for item in sorted(releases.iterdir()) if item.name not in known][:1]


def _is_bare(folder: Path) -> bool:
    """Whether a package's folder contains nothing yet but a lock, or what a first publication that died left."""
    return all(item.name == ".lock" or item.name.startswith(ASIDE) for item in folder.iterdir())


def _is_package(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    bags = (child for child in folder.iterdir() if (child / "bagit.txt").is_file() or (child / "data").is_dir())
    known = (VERSIONS, "latest.json", "retraits", "refus")
    return any((folder / name).exists() for name in known) or next(bags, None) is not None
