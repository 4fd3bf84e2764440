"""Where the records are in a sample: its format, the row of its header, its list in a JSON document.

Belongs here: guesses from the first bytes, rows and members, each with its reason (where two are as good, none is
made), and what reading reported.
Does not: getting the sample (`samples.py`), what its columns are (`proposal.py`).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.delimited_header import DELIMITERS
from pipelines.formats.encoding import decoded
from pipelines.formats.errors import FormatError
from pipelines.formats.magic_numbers import signature
from pipelines.formats.reading import PartReading
from pipelines.sources import Part
from pipelines.sources.registry import READERS
from pipelines.starter.shortened import seeming_changes

FORMATS = ("csv", "tsv", "xlsx", "xls", "xlsb", "ods", "json", "jsonl", "parquet", "html")
NAMED = {"htm": "html", "ndjson": "jsonl", "geojson": "json", "txt": "csv"}
PACKED = {"gz": "gzip", "zip": "zip"}
TYPED = {
    "text/csv": "csv", "text/tab-separated-values": "tsv", "application/json": "json", "application/geo+json": "json",
    "application/vnd.geo+json": "json", "application/x-ndjson": "jsonl", "application/jsonl": "jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "application/vnd.ms-excel": "xls",
    "application/vnd.oasis.opendocument.spreadsheet": "ods", "application/vnd.apache.parquet": "parquet",
}  # fmt: skip
TABLES, SHEETS = ("csv", "tsv"), ("xlsx", "xls", "xlsb", "ods")
FIRST_ROWS = 20
HEAD = 1 << 16
DEEPEST = 3
# The names by which interfaces call the list of records, the likeliest first.
LISTS = ("features", "results", "records", "items", "data", "value", "rows", "elements", "hydra:member", "member")
NUMBER = re.compile(r"[-+]?[0-9][0-9 .,/:-]*")

BY_ADDRESS = Said("l'adresse l'indique", "its address says so")
BY_SERVER = Said("le serveur l'indique", "the server says so")
BY_BYTES = Said("le fichier commence ainsi", "the file begins so")
IN_LINES = Said("chacune de ses lignes est un document", "each of its lines is a document")
FEATURES = Said("GeoJSON : les enregistrements sont ses « features »", "GeoJSON: the records are its features")
ONLY_LIST = Said("la seule liste d'objets du document", "the document's only list of objects")
IN_UTF8 = Said("tous ses octets en sont", "all its bytes are")
ANNOUNCED = Said("le serveur l'annonce", "the server announces it")
LIKELY = Said("ses octets ne sont pas de l'UTF-8 ; ses accents se lisent ainsi", "not UTF-8; its accents read so")
WIDEST = Said("il coupe l'en-tête en le plus de colonnes", "it cuts the header into the most columns")
VISIBLE = Said("la première feuille visible", "the first visible sheet")
USUAL_LIST = Said("le nom habituel de la liste des enregistrements", "the usual name of the list of records")


@dataclass(frozen=True)
class Found:
    """One thing that was guessed: `name` as the source's file calls it, its value, and why."""

    name: str
    value: Any
    reason: Said


def format_of(names: Sequence[str], head: bytes, media_type: str) -> Found | None:
    """The format by the suffixes of an address, else by what the server says, else by the first bytes; or none."""
    named = next((NAMED.get(part, part) for part in reversed(names) if NAMED.get(part, part) in FORMATS), None)
    if (named or TYPED.get(media_type)) == "json" and _are_documents_in_lines(head):
        return Found("format", "jsonl", IN_LINES)
    if named is not None:
        return Found("format", named, BY_ADDRESS)
    if media_type in TYPED:
        return Found("format", TYPED[media_type], BY_SERVER)
    begun = _format_of_bytes(head)
    return None if begun is None else Found("format", begun, BY_BYTES)


def _format_of_bytes(head: bytes) -> str | None:
    kind = signature(head)
    if kind in ("xls", "parquet"):
        return kind
    if kind == "zip":
        workbooks = {"xlsx": b"xl/", "ods": b"opendocument.spreadsheet"}
        return next((name for name, mark in workbooks.items() if mark in head), None)
    is_json = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))
    if kind != "text" or not is_json:
        return None
    return "jsonl" if _are_documents_in_lines(head) else "json"


def _are_documents_in_lines(head: bytes) -> bool:
    """Whether a file begins with a line that is a whole JSON object, and another object begins after it."""
    first, _, rest = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    if not first.startswith(b"{") or not rest.lstrip().startswith(b"{"):
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def compression_of(names: Sequence[str]) -> str | None:
    """The compression that the suffixes of an address name."""
    return next((PACKED[word] for word in names if word in PACKED), None)


def suffixes(address: str) -> list[str]:
    """The suffixes of the last name of a path or an address, in lower case."""
    path = urlsplit(address).path if "://" in address else address
    return PurePosixPath(path).name.lower().split(".")[1:]


def header_row(part: Part, path: Path, announced: str | None) -> Found | None:
    """The row of the header where titles are above it; none where the first row may be it.

    A title fills at most half of the cells that the header does; a header's cells are all different, and no number.
    """
    if "header_row" in part.options or part.format not in (*TABLES, *SHEETS):
        return None
    rows = [[cell.strip() for cell in row] for row in _first_rows(part, path, announced)]
    filled = [sum(bool(cell) for cell in row) for row in rows]
    width = max(filled, default=0)
    if width < 2:
        return None
    place = next(index for index, count in enumerate(filled) if count == width)
    cells = [cell for cell in rows[place] if cell]
    is_header = len(set(cells)) == len(cells) and not any(NUMBER.fullmatch(cell) for cell in cells)
    if place == 0 or not is_header or any(count * 2 > width for count in filled[:place]):
        return None
    reason = Said(
        f"les lignes au-dessus ont au plus {max(filled[:place])} cases remplies, celle-ci {width}",
        f"rows above it have at most {max(filled[:place])} filled cells, this one {width}",
    )
    return Found("header_row", place + 1, reason)


def _first_rows(part: Part, path: Path, announced: str | None) -> Sequence[Sequence[str]]:
    """The first rows as they are; none where they cannot be read, which reading reports."""
    content = Content(path, part, path.name, announced)
    try:
        if part.format in SHEETS:
            near: Sequence[Sequence[str]] = READERS[part.format](content).near
            return near
        head = decoded(content).data[:HEAD].decode("utf-8", errors="ignore")
    except FormatError:
        return ()
    marks = ("\t",) if part.format == "tsv" else DELIMITERS
    cut = [_cut(head, str(part.options.get("delimiter", mark))) for mark in marks]
    return max(cut, key=lambda rows: max(map(len, rows), default=0))


def _cut(head: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(head.splitlines(keepends=True), delimiter=delimiter):
            rows.append(row)
            if len(rows) == FIRST_ROWS:
                break
    except csv.Error:
        return []
    return rows


def list_of(document: Any) -> tuple[Found | None, list[str]]:
    """Where the list of records is in a JSON document, and every place where one could be.

    None for a document that is the list, and where several could be it and none has a usual name.
    """
    if not isinstance(document, Mapping):
        return None, []
    if document.get("type") == "FeatureCollection" and isinstance(document.get("features"), list):
        return Found("pointer", "features", FEATURES), ["features"]
    places = list(_lists(document, "", 1))
    if len(places) == 1:
        return Found("pointer", places[0], ONLY_LIST), places
    usual = [place for name in LISTS for place in places if place.rpartition(".")[2].lower() == name]
    return (Found("pointer", usual[0], USUAL_LIST) if len(usual) == 1 else None), places


def _lists(document: Mapping[str, Any], above: str, depth: int) -> Iterator[str]:
    for name, value in document.items():
        if name.lower() in ("links", "_links"):
            continue
        if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            yield f"{above}{name}"
        elif isinstance(value, Mapping) and depth < DEEPEST:
            yield from _lists(value, f"{above}{name}.", depth + 1)


def found_of(facts: Mapping[str, Any], announced: str | None) -> Iterator[Found]:
    """What reading detected, and why."""
    encoding = facts.get("encoding")
    if encoding:
        reason = IN_UTF8 if str(encoding).startswith("utf-8") else LIKELY
        if announced and announced.lower() == str(encoding).lower():
            reason = ANNOUNCED
        yield Found("encoding", encoding, reason)
    if facts.get("delimiter"):
        yield Found("delimiter", facts["delimiter"], WIDEST)
    if facts.get("sheet"):
        yield Found("sheet", facts["sheet"], VISIBLE)


def doubts_of(read: PartReading) -> tuple[Said, ...]:
    """What a person should hear of a reading before anything is proposed of it."""
    notices = (*read.notices, *seeming_changes(read.table))
    if not read.faults:
        return notices
    count, first = read.refused, read.faults[0].message
    lost = Said(
        f"enregistrements illisibles, écartés : {count} ; le premier : {first.fr}",
        f"records that cannot be read, left out: {count}; the first: {first.en}",
    )
    return (lost, *notices)
