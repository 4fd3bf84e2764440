"""A sample of what is at an address: got as a collection would get it, read, and how to get at it again.

Belongs here: asking, and what was guessed of the answer. Does not: what its columns are (`proposal.py`), any file of
the project: a sample leaves nothing behind.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

import yaml

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.encoding import decoded
from pipelines.formats.ending import note_under
from pipelines.formats.json_values import loads
from pipelines.formats.reading import PartReading, read_part
from pipelines.privacy.headers import untold_headers
from pipelines.schema.reserved import RESERVED
from pipelines.sources import SnapshotStore, collect, load_source
from pipelines.sources.http import Client
from pipelines.sources.http.addresses import is_private, public_address
from pipelines.sources.http.errors import NotTheAnswer
from pipelines.sources.page_check import next_page
from pipelines.sources.pagination import value_at
from pipelines.sources.proposing_pages import proposed_parameters
from pipelines.starter.errors import FormatUnknown, ListUnknown, OptionUnfit
from pipelines.starter.guessing import (
    FEATURES,
    FORMATS,
    SHEETS,
    TABLES,
    Found,
    compression_of,
    doubts_of,
    format_of,
    found_of,
    header_row,
    list_of,
    suffixes,
)
from pipelines.storage import sha256_file

if TYPE_CHECKING:
    import pyarrow as pa

FILES, PAGED = "files", "paged_json"
DRAFT = {"licence": "—", "publisher": {"title": "—"}}
READ_IN = {
    "sheet": SHEETS,
    "pointer": ("json",),
    "header_row": (*TABLES, *SHEETS, "html"),
    "delimiter": TABLES,
    "encoding": (*TABLES, "json", "jsonl", "html", "xls"),
}
"""The formats in which an option is read; the others have nothing of the kind."""
OPTIONS = ("sheet", "pointer", "header_row", "compression", "encoding", "delimiter")
TYPED, WRITTEN = Said("demandé", "asked for"), Said("l'adresse l'indique", "its address says so")
HERE = Said("adresse de cette machine ou d'un réseau privé", "an address of this machine or of a private network")
PAGES = Said("la première réponse annonce une suite", "the first answer says that there is more")
ALWAYS_FEATURE = Said("toujours « Feature »", 'always "Feature"')
UNDER = Said("une note sous la table, aucun enregistrement", "a note under the table, no record")


@dataclass(frozen=True)
class Sample:
    """Records, and the description that gets them: `options` of the part, `parameters` of the source; `found` says
    what was guessed and why. `is_first_page`: the records are those of the first page only."""

    table: pa.Table
    connector: str
    address: str
    format: str
    options: Mapping[str, Any]
    parameters: Mapping[str, Any]
    found: tuple[Found, ...]
    is_first_page: bool = False
    doubts: tuple[Said, ...] = ()
    """What reading reported, and how many records could not be read."""

    @property
    def columns(self) -> list[str]:
        return [name for name in self.table.column_names if name not in RESERVED]


@dataclass
class _Got:
    """An answer on the disk, and what the server said of it."""

    path: Path
    address: str
    announced: str | None = None
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_one_of_several: bool = False


def take_sample(
    project: Project,
    name: str,
    address: str,
    chosen: Mapping[str, Any],
    *,
    now: datetime,
    file: Path | None = None,
) -> Sample:
    """The records at `address`, or of the local `file` that will be there.

    `chosen` is what the person said: `connector`, `file_format` and the `OPTIONS`. Raises `FormatUnknown`,
    `ListUnknown`, and what describing, collecting and reading raise.
    """
    with tempfile.TemporaryDirectory(prefix="arobase-") as folder:
        taking = _Taking(project, name, chosen, Path(folder), now)
        return taking.sample(address, file)


@dataclass
class _Taking:
    project: Project
    name: str
    chosen: Mapping[str, Any]
    folder: Path
    now: datetime
    found: list[Found] = field(default_factory=list)

    def sample(self, address: str, file: Path | None) -> Sample:
        with self._got(address, file) as got:
            options = {key: self.chosen[key] for key in OPTIONS if self.chosen.get(key)}
            packed = compression_of(suffixes(got.address))
            if packed and "compression" not in options:
                options["compression"] = packed
                self.found.append(Found("compression", packed, WRITTEN))
            file_format = self._format(got)
            self._check_fit(file_format)
            if self.chosen.get("connector") == PAGED or file_format == "json":
                document = self._document(got, options)
                items, document = self._items(got, document, options)
                if self._is_paged(items, options):
                    return self._paged(items, document)
                self._point(items, document, options)
                return self._file(items, file_format, options)
            return self._file(got, file_format, options)

    @contextmanager
    def _got(self, address: str, file: Path | None) -> Iterator[_Got]:
        place = file or self.project.sources / address
        if address.startswith(("http://", "https://")) and self._is_asked_plainly():
            yield self._asked(address)
        elif place.is_file() and self._is_asked_plainly():
            yield _Got(place, address)
        else:
            yield self._collected(address)

    def _is_asked_plainly(self) -> bool:
        return self.chosen.get("connector", FILES) in (None, FILES, PAGED)

    def _asked(self, address: str) -> _Got:
        path = self.folder / "answer"
        client = Client(self.name, allow_private=is_private(address))
        page_is_wrong = self.chosen.get("file_format") != "html"
        answer = client.ask(address, to=path, page_is_wrong=page_is_wrong)
        message = Message()
        message["content-type"] = answer.headers.get("content-type", "")
        charset = message.get_content_charset()
        return _Got(path, address, charset, answer.media_type, answer.headers, answer.names_a_next_page)

    def _collected(self, address: str) -> _Got:
        """What another connector, a folder or a store gives."""
        connector = self.chosen.get("connector") or FILES
        wanted = self.chosen.get("file_format") or self._by_name(address)
        source = self._described(address, connector, wanted, {})
        trial = Project.at(self.project.root, self.folder / "outputs")
        snapshot = collect(trial, source, now=self.now).parts[0]
        path = SnapshotStore.of(trial).path(snapshot)
        return _Got(path, address, snapshot.announced)

    def _by_name(self, address: str) -> str:
        named = format_of(suffixes(address), b"", "")
        if named is None:
            raise self._no_format(address)
        return str(named.value)

    def _format(self, got: _Got) -> str:
        if self.chosen.get("file_format"):
            return str(self.chosen["file_format"])
        if self.chosen.get("connector") == PAGED:
            return "json"
        named = format_of(suffixes(got.address), _head(got.path), got.media_type)
        if named is None:
            raise self._no_format(got.address)
        self.found.append(named)
        return str(named.value)

    def _check_fit(self, file_format: str) -> None:
        """Raises `OptionUnfit` for what the person said and nothing reads in a file of this format."""
        for name, formats in READ_IN.items():
            if self.chosen.get(name) and file_format in FORMATS and file_format not in formats:
                raise OptionUnfit(option=f"--{name.replace('_', '-')}", format=file_format, formats=", ".join(formats))

    def _no_format(self, address: str) -> FormatUnknown:
        place = public_address(address) if "://" in address else address
        return FormatUnknown(address=place, expected=" | ".join(FORMATS))

    def _document(self, got: _Got, options: Mapping[str, Any]) -> Any:
        """Raises `NotTheAnswer` for a page that is no JSON, and what decoding raises."""
        part = self._described("x", FILES, "json", {key: options[key] for key in options if key != "pointer"}).parts[0]
        try:
            return loads(decoded(Content(got.path, part, public_address(got.address), got.announced)).data)
        except ValueError:
            if self.chosen.get("connector") != PAGED:
                return None  # reported by the reader, with its line
            found = Said("autre forme", "other shape")
            raise NotTheAnswer(
                source=self.name, address=public_address(got.address), found=found, expected="JSON"
            ) from None

    def _items(self, got: _Got, document: Any, options: Mapping[str, Any]) -> tuple[_Got, Any]:
        """The features of an OGC collection, where the address is that of the page that describes it.

        Source: OGC API – Features, Part 1: Core, 7.14.
        """
        links = document.get("links") if isinstance(document, Mapping) else None
        if not isinstance(links, list) or "features" in document or "://" not in got.address:
            return got, document
        items = [one for one in links if isinstance(one, Mapping) and one.get("rel") == "items"]
        geojson = [one for one in items if "json" in str(one.get("type", ""))]
        if not geojson or not isinstance(geojson[0].get("href"), str):
            return got, document
        there = urljoin(got.address, geojson[0]["href"])
        reason = Said("l'adresse décrit une collection OGC", "the address describes an OGC collection")
        self.found.append(Found("address", there, reason))
        answer = self._asked(there)
        return answer, self._document(answer, options)

    def _is_paged(self, got: _Got, options: Mapping[str, Any]) -> bool:
        if self.chosen.get("connector") == PAGED:
            return True
        if self.chosen.get("connector") or "://" not in got.address or "compression" in options:
            return False
        return got.is_one_of_several or next_page(got.path) is not None

    def _paged(self, got: _Got, document: Any) -> Sample:
        """The first page of several, and how the others are asked for. Raises `NotTheAnswer`, `ListUnknown`."""
        parameters = proposed_parameters(document, got.address, got.headers)
        if "records" not in parameters and not isinstance(document, list):
            raise ListUnknown(address=public_address(got.address), found="—")
        parts = urlsplit(got.address)
        taken = {*parameters["pages"].values(), parameters.get("size", {}).get("parameter")}
        query = {key: value for key, value in parse_qsl(parts.query) if key not in taken}
        parameters |= {"query": query} if query else {}
        if is_private(got.address):
            parameters["allow_private"] = True
            self.found.append(Found("allow_private", True, HERE))
        way = ", ".join(f"{key}: {value}" for key, value in parameters["pages"].items())
        self.found.append(Found("pages", way, PAGES))
        for key in ("records", "total", "key"):
            if key in parameters:
                value = parameters[key]
                text = ", ".join(value) if isinstance(value, list) else value
                self.found.append(Found(key, text, Said("lu dans la première réponse", "read in the first answer")))
        records = document if "records" not in parameters else value_at(document, parameters["records"])
        path = self.folder / "page.jsonl"
        lines = (json.dumps(record, ensure_ascii=False, default=str) for record in records)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        address = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        part = self._described(address, FILES, "jsonl", {}).parts[0]
        read = read_part(part, path, source=self.name, snapshot=sha256_file(path))
        found, doubts = tuple(self.found), doubts_of(read)
        return Sample(read.table, PAGED, address, "jsonl", {}, parameters, found, is_first_page=True, doubts=doubts)

    def _point(self, got: _Got, document: Any, options: dict[str, Any]) -> None:
        """Add where the list is. Raises `ListUnknown` where it may be in several places."""
        if "pointer" in options or document is None:
            return
        pointer, places = list_of(document)
        if pointer is not None:
            options["pointer"] = pointer.value
            self.found.append(pointer)
            if pointer.reason is FEATURES:
                options["drop"] = ["type"]
                self.found.append(Found("drop", "type", ALWAYS_FEATURE))
        elif len(places) > 1:
            place = public_address(got.address) if "://" in got.address else got.address
            raise ListUnknown(address=place, found=_listed(places))

    def _file(self, got: _Got, file_format: str, options: dict[str, Any]) -> Sample:
        connector = self.chosen.get("connector") or FILES
        parameters: dict[str, Any] = {}
        if "://" in got.address and is_private(got.address):
            parameters["allow_private"] = True
            self.found.append(Found("allow_private", True, HERE))
        part = self._described(got.address, connector, file_format, options).parts[0]
        header = header_row(part, got.path, got.announced)
        if header is not None:
            options["header_row"] = header.value
            self.found.append(header)
            part = self._described(got.address, connector, file_format, options).parts[0]
        read = self._read(part, got)
        note = note_under([read.table.column(name) for name in read.table.column_names if name not in RESERVED])
        if note is not None and file_format not in ("json", "jsonl", "parquet"):
            options["stop_at"] = note[1]
            self.found.append(Found("stop_at", note[1], UNDER))
            read = self._read(self._described(got.address, connector, file_format, options).parts[0], got)
        table = read.table
        facts = json.loads((table.schema.metadata or {}).get(b"facts", b"{}"))
        for found in found_of(facts, got.announced):
            if found.name not in options:
                options[found.name] = found.value
                self.found.append(found)
        found_here, doubts = tuple(self.found), doubts_of(read)
        return Sample(table, connector, got.address, file_format, options, parameters, found_here, doubts=doubts)

    def _read(self, part: Any, got: _Got) -> PartReading:
        return read_part(part, got.path, source=self.name, snapshot=sha256_file(got.path), announced=got.announced)

    def _described(self, address: str, connector: str, file_format: str, options: Mapping[str, Any]) -> Any:
        """A source of these words, loaded as one of the project would be. Raises `SourceFileError`."""
        part: dict[str, Any] = {"format": file_format} | ({"options": dict(options)} if options else {})
        raw: dict[str, Any] = {"name": self.name, "title": self.name, "connector": connector, "address": address}
        if "://" in address and is_private(address):
            raw["parameters"] = {"allow_private": True}
        raw |= {**DRAFT, "parts": {_part_name(self.name): part}}
        draft = self.folder / f"{self.name}.yaml"
        draft.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return load_source(draft)


def _part_name(name: str) -> str:
    return name.replace("-", "_")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _listed(places: Sequence[str]) -> str:
    """Where lists are in a document, but where a member may be a person's name."""
    hidden = untold_headers(places, are_members=True)
    return ", ".join("…" if place in hidden else place for place in places)
