"""The connector `files`: a file or a folder, under `sources/`, at an http(s) address, or in an SFTP or S3 store.

A plain address is relative to `sources/`. When it is a folder, or ends in `/`, each part's `path` is a file in it, or a
pattern (`*.csv`): then the last name in alphabetical order is taken, so that files named by date give the newest.

parameters: `export_of` (`limesurvey`, `framaforms`: the file is an export of that tool, and only the columns that the
source names are kept), `noise`, `maximum_size`, the client's, and those of `stores.py` for SFTP and S3.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipelines.core.text import Said
from pipelines.sources.descriptions import Part, Source
from pipelines.sources.downloads import download
from pipelines.sources.errors import SourceFileAbsent
from pipelines.sources.exports import TOOLS, columns_of, only_named
from pipelines.sources.http import client_of
from pipelines.sources.http.client import MAXIMUM_SIZE
from pipelines.sources.http.errors import AnswerTooLarge
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture
from pipelines.sources.stores import OPENING, open_store, told

BLOCK = 1 << 20


@connector("files")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """The file of each part. Raises `SourceFileAbsent`, `SourceUnreadable`, and what the client raises."""
    scheme = source.address.partition("://")[0] if "://" in source.address else ""
    if scheme in ("http", "https"):
        yield from _addresses(source, previous, context)
        return
    if scheme in OPENING:
        store = open_store(source, context)
        for index, part in enumerate(source.parts):
            copy, shown, name = _from_store(store, source, part, context.folder / str(index))
            yield Fetched(part.name, copy, shown, fetch={"file": name})
        return
    tool = source.parameters.get("export_of")
    copies: dict[str, Path] = {}
    for part in source.parts:
        origin, shown, name = _in_folder(source, part, context.project.sources)
        if tool in TOOLS:
            # Of a form tool, each part names its own columns: the file is cut for each.
            copy = _copy(origin, context.folder / f"{part.name}.export", source, part)
            got = Fetched(part.name, copy, shown, fetch={"file": name})
            yield only_named(got, part, columns_of(str(tool), source), source=source, project=context.project)
            continue
        if shown not in copies:
            copies[shown] = _copy(origin, context.folder / str(len(copies)), source, part)
        yield Fetched(part.name, copies[shown], shown, fetch={"file": name})


def _addresses(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    client = client_of(context)
    headers = {"Authorization": f"Bearer {context.secret(source.secrets[0])}"} if source.secrets else {}
    for part in source.parts:
        url = urljoin(source.address, part.path) if part.path and source.address.endswith("/") else source.address
        yield download(context, client, part.name, previous, url, headers=headers, page_is_wrong=part.format != "html")


def _in_folder(source: Source, part: Part, base: Path) -> tuple[Path, str, str]:
    """The file of a part, how its address is shown, its name. Raises `SourceFileAbsent` with what lies there."""
    place = base / source.address
    if place.is_file():
        if part.path in (None, place.name):
            return place, _shown(place, base), place.name
        hint = Said(f"l'adresse désigne le fichier {place.name}", f"the address names the file {place.name}")
        raise SourceFileAbsent(source=source.name, part=part.name, address=part.path, hint=hint)
    found = sorted(item for item in place.glob(part.path or "*") if item.is_file() and not item.name.startswith("."))
    if found and (part.path is not None or len(found) == 1):
        return found[-1], _shown(found[-1], base), found[-1].name
    raise _absent(source, part, sorted(item.name for item in place.iterdir()) if place.is_dir() else [])


def _from_store(store: Any, source: Source, part: Part, target: Path) -> tuple[Path, str, str]:
    """The same from a store that fsspec reaches, copied. Raises `SourceFileAbsent`, `SourceUnreadable`."""
    scheme = source.address.partition("://")[0]
    with told(source, part.name):
        place = store._strip_protocol(source.address)
        if store.isfile(place):
            found = [place]
        else:
            pattern = f"{place.rstrip('/')}/{part.path or '*'}"
            found = sorted(item for item in store.glob(pattern) if store.isfile(item))
            if not found or (part.path is None and len(found) > 1):
                raise _absent(source, part, [item.rpartition("/")[2] for item in found])
        chosen = str(found[-1])
        limit = int(source.parameters.get("maximum_size", MAXIMUM_SIZE))
        if store.size(chosen) > limit:
            raise AnswerTooLarge(source=source.name, address=chosen, limit=limit)
        with store.open(chosen, "rb") as read, target.open("wb") as written:
            shutil.copyfileobj(read, written, BLOCK)
    host = urlsplit(source.address).hostname if scheme == "sftp" else ""
    return target, f"{scheme}://{host}{'/' if host else ''}{chosen.lstrip('/')}", chosen.rpartition("/")[2]


def _copy(origin: Path, target: Path, source: Source, part: Part) -> Path:
    with told(source, part.name):
        shutil.copyfile(origin, target)
    return target


def _absent(source: Source, part: Part, there: list[str]) -> SourceFileAbsent:
    shown = f"{source.address}/{part.path}" if part.path else source.address
    names = ", ".join(there) or "—"
    hint = Said(f"fichiers présents : {names}", f"files there: {names}")
    return SourceFileAbsent(source=source.name, part=part.name, address=shown, hint=hint)


def _shown(origin: Path, base: Path) -> str:
    """The address that readers of a release see: relative to the project when the file lies in it."""
    return f"sources/{origin.relative_to(base)}" if origin.is_relative_to(base) else origin.as_uri()
