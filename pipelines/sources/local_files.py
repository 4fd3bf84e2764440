"""Files of a source that are in a folder: which of them a part is, and whether they are those of the last capture.

Belongs here: looking. Does not: copying or keeping them (`connectors/files.py`, `collecting.py`).
"""

from __future__ import annotations

from pathlib import Path

from pipelines.core.text import Said
from pipelines.core.unicode_forms import OTHER_FORM, looks_the_same
from pipelines.sources.descriptions import Part, Source
from pipelines.sources.errors import SourceFileAbsent
from pipelines.storage import sha256_file

CONNECTOR, EXPORT_OF = "files", "export_of"


def in_folder(source: Source, part: Part, base: Path) -> tuple[Path, str, str]:
    """The file of a part, how its address is shown, its name. Raises `SourceFileAbsent` with what is there."""
    place = base / source.address
    if place.is_file():
        if part.path in (None, place.name):
            return place, _shown(place, base), place.name
        hint = Said(f"l'adresse désigne le fichier {place.name}", f"the address names the file {place.name}")
        raise SourceFileAbsent(source=source.name, part=part.name, address=part.path, hint=hint)
    found = sorted(item for item in place.glob(part.path or "*") if item.is_file() and not item.name.startswith("."))
    if found and (part.path is not None or len(found) == 1):
        return found[-1], _shown(found[-1], base), found[-1].name
    if not place.is_dir() and (alike := _named_alike(place)):
        raise SourceFileAbsent(source=source.name, part=part.name, address=source.address, hint=alike)
    raise absent(source, part, sorted(item.name for item in place.iterdir()) if place.is_dir() else [])


def _named_alike(place: Path) -> Said | None:
    """That a file is there under a name that looks the same, as macOS writes names with accents."""
    names = [item.name for item in place.parent.iterdir()] if place.parent.is_dir() else []
    if not any(looks_the_same(name, place.name) for name in names):
        return None
    return Said(
        f"un fichier porte ce nom ({OTHER_FORM.fr}) : renommez-le",
        f"a file has that name ({OTHER_FORM.en}): rename it",
    )


def absent(source: Source, part: Part, there: list[str]) -> SourceFileAbsent:
    """That a part's file is not among those that are there."""
    shown = f"{source.address}/{part.path}" if part.path else source.address
    names = ", ".join(there) or "—"
    hint = Said(f"fichiers présents : {names}", f"files there: {names}")
    return SourceFileAbsent(source=source.name, part=part.name, address=shown, hint=hint)


def lies_here(source: Source) -> bool:
    """Whether the files of a source are in a folder and are taken over as they are: byte for byte, none cut."""
    return source.connector == CONNECTOR and "://" not in source.address and EXPORT_OF not in source.parameters


def digests(source: Source, base: Path) -> dict[str, tuple[str, str]]:
    """The SHA-256 of each part's file as it is, and how its address is shown. Every byte is read: a file may be
    rewritten with its size and its time. Raises `SourceFileAbsent`, `OSError`."""
    found: dict[str, tuple[str, str]] = {}
    read: dict[Path, str] = {}
    for part in source.parts:
        path, shown, _ = in_folder(source, part, base)
        if path not in read:
            read[path] = sha256_file(path)
        found[part.name] = read[path], shown
    return found


def _shown(origin: Path, base: Path) -> str:
    """The address that readers of a release see: relative to the project when the file is in it."""
    folder, shown = f"{base}/", str(origin)
    return f"sources/{shown.removeprefix(folder)}" if shown.startswith(folder) else origin.as_uri()
