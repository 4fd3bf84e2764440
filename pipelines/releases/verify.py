"""Verification: everything that an auditor can check of a release, of a package's releases, or of all of them.

Belongs here: which checks are made, in which order. Does not: any check (`verify_bag.py`, `verify_values.py`,
`verify_chain.py`). Nothing here needs the network, a clock or the code that made the release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.core.errors import ArobaseError
from pipelines.releases import verify_bag, verify_chain, verify_values
from pipelines.releases.bag import SIGNATURE
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.request import Warned
from pipelines.releases.store import VERSIONS, ReleaseStore, package_folders, version_folders

NOT_SIGNED = Warned("aucune signature : rien ne dit qui a publié", "no signature: nothing tells who published")
NO_KEY = Warned(
    "signature juste, mais comparée à aucune clé de confiance (--key)",
    "the signature is right, but was compared with no trusted key (--key)",
)
ALONE = Warned(
    "version vérifiée seule : ni registre ni versions voisines",
    "release verified alone: no ledger and no other releases",
)
UNDER_WAY = Warned(
    "une publication ne s'est pas achevée : la prochaine la terminera",
    "a publication did not end: the next one will complete it",
)


@dataclass(frozen=True)
class Verification:
    """What was found: flaws in the order of the checks, notes, and the releases that were looked at."""

    flaws: tuple[Flaw, ...]
    notes: tuple[Warned, ...]
    releases: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return not self.flaws

    @property
    def first(self) -> Flaw | None:
        """The first thing that is wrong."""
        return self.flaws[0] if self.flaws else None


def verify(
    path: Path, *, keys: Sequence[str] = (), witness: str | None = None, step: Callable[[str], None] = lambda name: None
) -> Verification:
    """Verify what stands at `path`: one release, the releases of a package, or a folder of packages.

    `keys`: public keys that are trusted (`ssh-ed25519 AAAA…`); without any, a signature is only checked for itself.
    `witness`: the hash of a line of the ledger noted earlier. `step` is told each release before it is read. A release
    that stands among others is checked against them and the ledger too. Never raises for what is wrong with the files.
    """
    if (path / "data").is_dir() or (path / "bagit.txt").is_file():
        return _one(path, keys, witness, step)
    folders = [path] if (path / VERSIONS).exists() or _is_package(path) else package_folders(path)
    folders = [folder for folder in folders if _is_package(folder)]
    if not folders:
        return Verification((Flaw("no-release", path.name),), (), ())
    releases = folders[0].parent
    ledger, flaws = verify_chain.read_ledger(ledger_beside(releases), witness)
    flaws += _forgotten(ledger, releases, [path] if folders == [path] else None)
    notes: list[Warned] = []
    seen: list[str] = []
    for folder in folders:
        shelf = ReleaseStore(releases, folder.name, ledger or Ledger(ledger_beside(releases), ()))
        if shelf.is_under_way:
            notes.append(UNDER_WAY)
        if ledger is not None:
            flaws += _recorded(shelf)
        for version in version_folders(folder):
            if (folder / version).is_dir():
                step(f"{folder.name} {version}")
                seen.append(f"{folder.name} {version}")
                told = f"{folder.name}/{version}/"
                flaws += [replace(flaw, place=told + flaw.place) for flaw in _release(folder / version, keys)]
                notes += _notes(folder / version, keys)
        if ledger is not None and not flaws:
            flaws += _indexes(shelf)
    return Verification(tuple(flaws), tuple(dict.fromkeys(notes)), tuple(seen))


def _one(path: Path, keys: Sequence[str], witness: str | None, step: Callable[[str], None]) -> Verification:
    step(path.name)
    flaws, notes = _release(path, keys), _notes(path, keys)
    releases = path.resolve().parent.parent
    if not ledger_beside(releases).exists():
        return Verification(tuple(flaws), (*notes, ALONE), (path.name,))
    ledger, broken = verify_chain.read_ledger(ledger_beside(releases), witness)
    flaws += broken
    if ledger is not None:
        shelf = ReleaseStore(releases, path.resolve().parent.name, ledger)
        flaws = _recorded(shelf) + flaws
        flaws += [] if flaws else _indexes(shelf)
    return Verification(tuple(flaws), tuple(notes), (path.name,))


def _release(bag: Path, keys: Sequence[str]) -> list[Flaw]:
    """The first flaw of each check; a check whose ground is gone is not made."""
    found = _first(verify_bag.names(bag))
    found += _first(verify_bag.tags(bag))
    if any(flaw.code in ("link", "tag-missing", "form") for flaw in found):
        return found
    found += _first(verify_bag.signature(bag, keys))
    found += _first(verify_bag.payload(bag))
    if any(flaw.code == "form" for flaw in found):
        return found
    found += _first(verify_bag.identity(bag))
    if any(flaw.code in ("form", "payload-missing", "payload-changed") for flaw in found):
        return found
    for check in (verify_bag.descriptor, verify_values.values, verify_values.provenance, verify_values.rows):
        found += _first(_readable(bag, check))
    return found


def _readable(bag: Path, check: Callable[[Path], Iterator[Flaw]]) -> Iterator[Flaw]:
    """A check of contents that were sealed; contents that cannot be read at all are a flaw of their own."""
    try:
        yield from check(bag)
    except (ArobaseError, OSError, ValueError, KeyError, TypeError) as error:
        yield Flaw("form", f"data/ ({check.__name__})", f"{type(error).__name__}: {error}"[:200])


def _first(flaws: Iterator[Flaw]) -> list[Flaw]:
    return list(next(([flaw] for flaw in flaws), []))


def _notes(bag: Path, keys: Sequence[str]) -> list[Warned]:
    if not (bag / SIGNATURE).is_file():
        return [NOT_SIGNED]
    return [] if keys else [NO_KEY]


def _recorded(shelf: ReleaseStore) -> list[Flaw]:
    return _first(verify_chain.recorded(shelf)) + _first(verify_chain.tombstones(shelf))


def _indexes(shelf: ReleaseStore) -> list[Flaw]:
    """Indexes are made again from the releases, which must therefore be sound."""
    try:
        return _first(verify_chain.indexes(shelf))
    except (ReleaseDamaged, KeyError, TypeError) as error:
        return [Flaw("form", shelf.package, f"{type(error).__name__}: {error}"[:200])]


def _forgotten(ledger: Ledger | None, releases: Path, only: list[Path] | None) -> list[Flaw]:
    """Packages that the ledger knows and whose folder is gone."""
    if ledger is None or only:
        return []
    known = sorted({entry["package"] for entry in ledger.entries if entry["event"] == "published"})
    return [Flaw("removed", name) for name in known if not (releases / name).is_dir()][:1]


def _is_package(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    bags = (child for child in folder.iterdir() if (child / "bagit.txt").is_file() or (child / "data").is_dir())
    known = (VERSIONS, "latest.json", "retraits", "refus")
    return any((folder / name).exists() for name in known) or next(bags, None) is not None
