"""The connector `files`: a file or a folder that lies under `sources/`, or anywhere that the address names.

The address is relative to `sources/`. When it is a folder, each part's `path` is a file in it, or a pattern (`*.csv`):
then the last name in alphabetical order is taken, so that files named by date give the newest.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipelines.sources.descriptions import Part, Source
from pipelines.sources.errors import SourceFileAbsent, SourceUnreadable
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture


@connector("files")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """Copy the file of each part. Raises `SourceFileAbsent`, `SourceUnreadable`."""
    copies: dict[Path, Path] = {}
    for part in source.parts:
        origin = _origin(source, part, context.project.sources)
        if origin not in copies:
            copies[origin] = _copy(origin, context.folder / str(len(copies)), source, part)
        yield Fetched(part.name, copies[origin], _shown(origin, context.project.sources), fetch={"file": origin.name})


def _origin(source: Source, part: Part, base: Path) -> Path:
    """The file of a part. Raises `SourceFileAbsent` with what lies there instead."""
    place = base / source.address
    if place.is_file():
        if part.path in (None, place.name):
            return place
        hint = f"l'adresse désigne le fichier {place.name} / the address names the file {place.name}"
        raise SourceFileAbsent(source=source.name, part=part.name, address=part.path, hint=hint)
    found = sorted(item for item in place.glob(part.path or "*") if item.is_file() and not item.name.startswith("."))
    if found and (part.path is not None or len(found) == 1):
        return found[-1]
    there = sorted(item.name for item in place.iterdir()) if place.is_dir() else []
    shown = f"{source.address}/{part.path}" if part.path else source.address
    hint = f"fichiers présents / files there: {', '.join(there) or '—'}"
    raise SourceFileAbsent(source=source.name, part=part.name, address=shown, hint=hint)


def _copy(origin: Path, target: Path, source: Source, part: Part) -> Path:
    try:
        shutil.copyfile(origin, target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceUnreadable(source=source.name, part=part.name, address=source.address, reason=reason) from None
    return target


def _shown(origin: Path, base: Path) -> str:
    """The address that readers of a release see: relative to the project when the file lies in it."""
    return f"sources/{origin.relative_to(base)}" if origin.is_relative_to(base) else origin.as_uri()
