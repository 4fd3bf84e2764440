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

from pipelines.sources.descriptions import Part, Source
from pipelines.sources.downloads import download
from pipelines.sources.exports import TOOLS, columns_of, only_named
from pipelines.sources.http import client_of
from pipelines.sources.http.client import MAXIMUM_SIZE
from pipelines.sources.http.errors import AnswerTooLarge
from pipelines.sources.local_files import CONNECTOR, EXPORT_OF, absent, in_folder
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture
from pipelines.sources.stores import OPENING, faults_named, open_store

BLOCK = 1 << 20


@connector(CONNECTOR)
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """The file of each part. Raises `SourceFileAbsent`, `SourceUnreadable`, and what the client raises."""
    scheme = source.address.partition("://")[0] if "://" in source.address else ""
    if scheme in ("http", "https"):
        yield from _addresses(source, previous, context)
        return
    if scheme in OPENING:
        store = open_store(source, context)
        for index, part in enumerate(source.parts):
            copy, address, name = _from_store(store, source, part, context.folder / str(index))
            yield Fetched(part.name, copy, address, fetch={"file": name})
        return
    tool = source.parameters.get(EXPORT_OF)
    copies: dict[str, Path] = {}
    for part in source.parts:
        origin, address, name = in_folder(source, part, context.project.sources)
        if tool in TOOLS:
            # Of a form tool, each part names its own columns: the file is cut for each.
            copy = _copy(origin, context.folder / f"{part.name}.export", source, part)
            got = Fetched(part.name, copy, address, fetch={"file": name})
            yield only_named(got, part, columns_of(str(tool), source), source=source, project=context.project)
            continue
        if address not in copies:
            copies[address] = _copy(origin, context.folder / str(len(copies)), source, part)
        yield Fetched(part.name, copies[address], address, fetch={"file": name})


def _addresses(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    client = client_of(context)
    headers = {"Authorization": f"Bearer {context.secret(source.secrets[0])}"} if source.secrets else {}
    for part in source.parts:
        url = urljoin(source.address, part.path) if part.path and source.address.endswith("/") else source.address
        yield download(context, client, part.name, previous, url, headers=headers, page_is_wrong=part.format != "html")


def _from_store(store: Any, source: Source, part: Part, target: Path) -> tuple[Path, str, str]:
    """The same from a store that fsspec reaches, copied. Raises `SourceFileAbsent`, `SourceUnreadable`."""
    scheme = source.address.partition("://")[0]
    with faults_named(source, part.name):
        place = store._strip_protocol(source.address)
        if store.isfile(place):
            found = [place]
        else:
            pattern = f"{place.rstrip('/')}/{part.path or '*'}"
            found = sorted(item for item in store.glob(pattern) if store.isfile(item))
            if not found or (part.path is None and len(found) > 1):
                raise absent(source, part, [item.rpartition("/")[2] for item in found])
        chosen = str(found[-1])
        limit = int(source.parameters.get("maximum_size", MAXIMUM_SIZE))
        if store.size(chosen) > limit:
            raise AnswerTooLarge(source=source.name, address=chosen, limit=limit)
        with store.open(chosen, "rb") as read, target.open("wb") as written:
            shutil.copyfileobj(read, written, BLOCK)
    host = urlsplit(source.address).hostname if scheme == "sftp" else ""
    return target, f"{scheme}://{host}{'/' if host else ''}{chosen.lstrip('/')}", chosen.rpartition("/")[2]


def _copy(origin: Path, target: Path, source: Source, part: Part) -> Path:
    with faults_named(source, part.name):
        shutil.copyfile(origin, target)
    return target
