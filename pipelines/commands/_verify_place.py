"""What a person names to `arobase verify`, and which folder that is.

Belongs here: finding the releases in a folder that has them, and saying what a path is that has none. Does not: looking
at any of their files (`releases/verify.py`).
"""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from pipelines.core.errors import ArobaseError
from pipelines.core.text import Said

BAG = "bagit.txt"
ARCHIVE = Said(
    f"c'est une archive ; décompressez-la, puis donnez le dossier qui contient {BAG}",
    f"it is an archive; unpack it, then give the folder that contains {BAG}",
)
FILE = Said(
    f"c'est un fichier ; donnez le dossier de la version, celui qui contient {BAG}",
    f"it is a file; give the folder of the release, the one that contains {BAG}",
)
CATALOGUE = Said(
    "c'est un catalogue, qui montre des versions et n'en est pas une ; donnez le dossier « releases » qui est à côté",
    'it is a catalogue, which shows releases and is none; give the folder "releases" beside it',
)


class NothingToVerify(ArobaseError):
    """What is to be verified is not there."""

    code: ClassVar[str] = "nothing-to-verify"
    fr: ClassVar[str] = (
        "{path} n'existe pas ; donnez le chemin ou l'adresse d'une version, des versions d'un jeu de données "
        "(outputs/releases/NOM) ou de toutes."
    )
    en: ClassVar[str] = (
        "{path} does not exist; give the path or the address of a release, of the releases of a package "
        "(outputs/releases/NAME) or of all of them."
    )


class NotARelease(ArobaseError):
    """What is to be verified is something else than releases: nothing was checked."""

    code: ClassVar[str] = "not-a-release"
    fr: ClassVar[str] = "{path} n'a pas été vérifié : {what}."
    en: ClassVar[str] = "{path} was not verified: {what}."


def to_verify(path: Path) -> Path:
    """The folder to look at: `path`, the `releases/` that it contains beside a ledger or a log, or the one release
    in it that was copied or unpacked there.

    Raises `NothingToVerify`, `NotARelease`, and `RetractedRelease` for a version whose files are gone.
    """
    if not path.exists() and not path.is_symlink():
        _check_not_retracted(path)
        raise NothingToVerify(path=path)
    if path.is_file():
        raise NotARelease(path=path, what=ARCHIVE if zipfile.is_zipfile(path) else FILE)
    if not path.is_dir() or path.is_symlink() or (path / BAG).is_file():
        return path
    if (path / "fichiers.txt").is_file() and (path / "catalog.jsonld").is_file():
        raise NotARelease(path=path, what=CATALOGUE)
    has_events = (path / "ledger.jsonl").is_file() or (path / "log").is_dir()
    if has_events and (path / "releases").is_dir():
        return path / "releases"
    return _only_release(path) or path


def _check_not_retracted(path: Path) -> None:
    """Raises `RetractedRelease` when the ledger says so of the version that a path names."""
    from pipelines.releases.errors import LedgerBroken, NoSuchRelease
    from pipelines.releases.store import ReleaseStore

    whole = path.resolve()
    with suppress(LedgerBroken, NoSuchRelease):
        ReleaseStore.read(whole.parent.parent, whole.parent.name).path(whole.name)


def _only_release(path: Path) -> Path | None:
    """The one release in a folder that is none of a project's: neither a package, nor beside a ledger."""
    from pipelines.releases.ledger import ledger_beside
    from pipelines.releases.store import LATEST, REFUSALS, UNDER_WAY, VERSIONS
    from pipelines.releases.tombstones import TOMBSTONES

    whole = path.resolve()
    of_a_package = any((path / name).exists() for name in (VERSIONS, LATEST, REFUSALS, TOMBSTONES, UNDER_WAY))
    if of_a_package or any(ledger_beside(folder).exists() for folder in (whole, whole.parent)):
        return None
    found = [item for item in sorted(path.iterdir()) if not item.is_symlink() and (item / BAG).is_file()]
    return found[0] if len(found) == 1 else None
