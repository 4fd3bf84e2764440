"""Which Data Package a path names to `arobase check`: a descriptor, a folder or an archive that has one, a release.

Belongs here: finding the descriptor, and saying what a path is that has none. Does not: reading it (`_check_run.py`).
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from pipelines.commands._bilingual import Misused
from pipelines.core.text import Said
from pipelines.validation.described import is_package_document
from pipelines.validation.errors import FileUnreadable
from pipelines.validation.intake import is_address
from pipelines.validation.packages import DESCRIPTOR, is_zip_package

BAG, PAYLOAD = "bagit.txt", "data"
ONLY_ITS_DESCRIPTOR = Said(
    "comparé à ce que son descripteur indique ; la signature, le manifeste et le registre se vérifient par « arobase "
    "verify »",
    "compared with what its descriptor says; signature, manifest and ledger are checked by `arobase verify`",
)
EXPECTED = Said(
    "attendu : --schema SCHÉMA FICHIER… ou PAQUET.json",
    "expected: --schema SCHEMA FILE… or PACKAGE.json",
)


def package_at(file: str) -> str:
    """The package that a path is. Raises `FileUnreadable` where nothing is there, `Misused` where it is none."""
    path = Path(file)
    if is_address(file) or is_zip_package(file) or (path.is_file() and is_package_document(path)):
        return file
    descriptor = descriptor_in(path)
    if descriptor is not None:
        return str(descriptor)
    if not path.exists():
        raise FileUnreadable(file=file, found=Said("n'existe pas", "does not exist"), option="FILE")
    hint = _what_it_is(path)
    raise Misused(Said(f"{file} n'est pas un jeu de données ; {hint.fr}", f"{file} is not a Data Package; {hint.en}"))


def descriptor_in(folder: Path) -> Path | None:
    """The descriptor of a folder: at its root, or in the payload of a release, which is a bag."""
    places = [folder / DESCRIPTOR]
    if (folder / BAG).is_file():
        places.append(folder / PAYLOAD / DESCRIPTOR)
    return next((place for place in places if place.is_file()), None)


def is_of_release(descriptor: Path) -> bool:
    """Whether a descriptor is that of a release."""
    whole = descriptor.resolve()
    return whole.parent.name == PAYLOAD and (whole.parent.parent / BAG).is_file()


def _what_it_is(path: Path) -> Said:
    """What to do about a path that is no package."""
    if path.is_file():
        return _release_packed(path) or EXPECTED
    versions = sorted(item.name for item in path.iterdir() if (item / BAG).is_file())
    if not versions:
        return EXPECTED
    listed = ", ".join(versions)
    return Said(f"donnez une de ses versions : {listed}", f"give one of its releases: {listed}")


def _release_packed(path: Path) -> Said | None:
    """What to do about the archive of a release."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if not any(name == BAG or name.endswith(f"/{BAG}") for name in names):
        return None
    return Said(
        f"cette archive contient une version : décompressez-la, puis donnez le dossier qui contient {BAG}",
        f"this archive contains a release: unpack it, then give the folder that contains {BAG}",
    )
